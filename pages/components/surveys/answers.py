"""How many gave each answer, from best to worst, and what was written beside answers. Customers' words stay text."""

from __future__ import annotations

import streamlit as st

from metrics.figures import MICRO, Rate
from metrics.surveys.figures import DETRACTORS, PASSIVES, PROMOTERS, SurveyKind
from metrics.surveys.meant import UNANSWERED
from pages.components.bars import rate_bar, show_bars
from pages.components.charts import theme
from pages.components.drill import list_button, opening
from pages.components.formats import INTERVAL, NOTHING, moment, number, several
from pages.components.period import link_of_filters
from pages.components.surveys import loading
from pages.components.surveys.asking import Choice, figures_of
from pages.components.surveys.words import KINDS, PLATFORM, answer_name
from pages.components.tables import conversations, share_columns, show_table, text

# Of each answer, from the least on, the place in the theme's diverging colours, from worst to best.
PLACES = {
    SurveyKind.CSAT: (0, 2, 4, 7, 9),
    SurveyKind.NPS: (1,) * 7 + (4,) * 2 + (8,) * 2,
    SurveyKind.CES: (0, 1, 2, 4, 7, 8, 9),
    SurveyKind.PRR: (1, 8),
}
GROUPS = {"Promoter": PROMOTERS, "Passive": PASSIVES, "Detractor": DETRACTORS}


def show_answers(choice: Choice) -> None:
    """Bars from best to worst, and their numbers."""
    asked, kind = choice.asked, choice.kind
    totals = loading.headline(asked.filters, kind, choice.whose, asked.as_of, tuple(figures_of(kind))).totals
    if not totals.surveys_answered:
        st.info(
            f"Nobody answered. {KINDS[kind]} was asked in {several(totals.surveys_asked, 'conversation')} of this selection.",
            icon=":material/comments_disabled:",
            title="No answer here",
        )
    else:
        counts = totals.distribution()
        rates = {answer: Rate(counts[answer], totals.surveys_answered) for answer in sorted(counts, reverse=True)}
        colours = theme("chartDivergingColors")
        places = dict(zip(counts, PLACES[kind], strict=True))
        bars = [
            rate_bar(answer_name(kind, answer), rate, colour=colours[places[answer]] if colours else None)
            for answer, rate in rates.items()
        ]
        show_bars(bars, key="answers", about=f"Answers to {KINDS[kind]}")
        _table(choice, rates)
        st.caption(f"Shares of {several(totals.surveys_answered, 'answer')}, with their {INTERVAL}.")
    if silent := totals.surveys_asked - totals.surveys_answered:
        list_button(f"{number(silent)} asked without an answer", "open_unanswered", choice.lead(UNANSWERED))


def _table(choice: Choice, rates: dict[int, Rate]) -> None:
    kind = choice.kind
    groups = [next((name for name, (least, most) in GROUPS.items() if least <= answer <= most), "") for answer in rates]
    show_table(
        "answers_table",
        {
            "answer": text("Answer", [answer_name(kind, answer) for answer in rates]),
            "group": text("Counts as", groups) if kind is SurveyKind.NPS else None,
            "list": opening(
                "Conversations",
                "answers_click",
                [number(rate.numerator) for rate in rates.values()],
                [choice.lead((answer, answer)) for answer in rates],
            ),
            **share_columns(rates.values()),
        },
        about=f"Conversations by their answer to {KINDS[kind]}",
    )


def show_comments(choice: Choice) -> None:
    """What customers wrote, the newest first, each with its conversation."""
    asked, kind = choice.asked, choice.kind
    found = loading.comments(asked.filters, kind, choice.whose, asked.as_of)
    if not found.count:
        st.info(
            f"No customer of this selection wrote anything beside their answer to {KINDS[kind]}, or the source does not pass it "
            "on: it does as comment of the answer.",
            icon=":material/comments_disabled:",
            title="No comment here",
        )
        return
    shown, tz = found.rows, asked.filters.tz
    show_table(
        "comments",
        {
            "answer": text("Answer", [answer_name(kind, row["answer_micro"] / MICRO) for row in shown], width=80),
            "comment": text("Comment", [row["comment"] for row in shown], width=400),
            "conversation": conversations([(row["source"], row["conversation_id"]) for row in shown], width=170),
            "at": text("Answered", [moment(row["answered_ms"], tz) for row in shown], width=140),
            "bot": text("Bot", [row["bot"] or NOTHING for row in shown], width=90),
            "asked_by": text("Asked by", [row["asked_by"] or PLATFORM for row in shown], width=110),
            "topic": text("Topic", [row["topic"] or NOTHING for row in shown], width=150),
        },
        about=f"Comments beside answers to {KINDS[kind]}, the newest conversations first",
    )
    more = f" These are the newest {number(len(shown))}; an export has all." if found.count > len(shown) else ""
    comments = "comment" if found.count == 1 else "comments"
    st.caption(f"{number(found.count)} {comments}, as customers wrote them, the first 500 characters of each.{more}")
    link = {**link_of_filters(), "table": "surveys", "rows": choice.rows, **choice.lead("comment")[1]}
    st.page_link("export.py", label="Export these comments", icon=":material/download:", query_params=link)
