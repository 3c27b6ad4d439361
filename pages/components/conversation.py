"""What stands beside a transcript: sentiment over time, sessions, participants, metrics; and how a conversation is found."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import plotly.graph_objects as go
import streamlit as st

from metrics.exports.rows import Wanted
from metrics.filters import Filters
from metrics.finding import has_conversation, list_conversations
from metrics.story.parts import Mood, Participant, Stay, Stretch, SurveyAsked
from metrics.story.telling import Head, Story
from metrics.surveys.figures import SurveyKind
from pages.components.charts import CONFIG, theme
from pages.components.choose import EVERYBODY
from pages.components.conversation_list import conversation_list
from pages.components.drill import open_conversations
from pages.components.formats import NOTHING, moment, number, signed, span
from pages.components.paging import LIST_LINK
from pages.components.period import ALL
from pages.components.surveys.words import KINDS, PLATFORM
from pages.components.tables import figures, show_table, text
from pages.components.zone import say_zone, viewer_zone
from pages.runtime import runtime

# Bands of the chart: from, to, its word, its place in the theme's diverging scale.
BANDS = (
    (*(-1.0, -0.6), "very negative", 0),
    (*(-0.6, -0.3), "negative", 1),
    (*(-0.3, -0.1), "slightly negative", 2),
    (*(-0.1, 0.1), "neutral", None),
    (*(0.1, 0.3), "slightly positive", 7),
    (*(0.3, 0.6), "positive", 8),
    (*(0.6, 1.0), "very positive", 9),
)
# The chart shows at least this much, so that a small change looks small.
LEAST_SHOWN = 0.45
RECENT_ROWS, LOOKED_AT = 10, 50
STAYS = {
    "accepted": "accepted",
    "abandoned": "abandoned",
    "moved": "moved on",
    "system": "system",
    "open": "still waiting",
}
ENDS = {"handoff": "escalation", "end": "end", "timeout": "silence", "transfer": "transfer", "open": "still going"}


def sentiment_chart(moods: Sequence[Mood], *, key: str) -> None:
    """The conversation's sentiment after each scored message of the customer, with the levels as bands."""
    if not moods:
        st.caption("No message of the customer has a score: there is none yet, or its language cannot be scored.")
        return
    heights = [0.0, *(mood.after.value for mood in moods)]
    places = list(range(len(heights)))
    zone = viewer_zone()
    hover = [
        f"After message {at}, {moment(mood.at_ms, zone)}<br>{mood.after.level} {signed(mood.after.value)}<br>"
        f"the message itself: {mood.own.level} {signed(mood.own.value)}"
        for at, mood in enumerate(moods, start=1)
    ]
    colour = (theme("chartCategoricalColors") or [None])[0]
    line = {
        "mode": "lines+markers" if len(moods) <= 60 else "lines",
        "line": {"width": 2, "color": colour},
        "marker": {"size": 6},
    }
    look = {"customdata": ["It starts neutral", *hover], "hovertemplate": "%{customdata}<extra></extra>"}
    chart = go.Figure(go.Scatter(x=places, y=heights, **line, **look), layout={"template": "streamlit"})
    reach = max(LEAST_SHOWN, *(abs(height) * 1.1 for height in heights))
    _draw_bands(chart, reach)
    chart.update_xaxes(showgrid=False, zeroline=False, tickformat="d", dtick=max(1, len(moods) // 8), title_text=None)
    chart.update_layout(height=200, margin={"l": 0, "r": 4, "t": 4, "b": 0}, showlegend=False, dragmode=False)
    ends = ", ".join(
        f"{word} {mood.after.level} {signed(mood.after.value)}" for word, mood in (("first", moods[0]), ("last", moods[-1]))
    )
    said = f"Sentiment after each of {number(len(moods))} scored messages: {ends}"
    st.plotly_chart(chart, key=key, config=CONFIG, alt=said)
    st.caption("Estimated; after each scored message of the customer, the last six of them weighed.")


def sessions_table(sessions: Sequence[Stretch]) -> None:
    """Who had the conversation for how long."""
    modes = ["" if row.mode == "primary" else f" ({row.mode})" for row in sessions]
    names = [f"{row.name or NOTHING}, {row.handler}{mode}" for row, mode in zip(sessions, modes, strict=True)]
    show_table(
        "sessions",
        {
            "who": text("Session", names, width=146),
            "lasted": figures("Lasted", [span(row.seconds) for row in sessions], width=92),
            "end": text("Ended by", [ENDS.get(row.end, row.end) for row in sessions], width=87),
        },
        about="Sessions in order of time",
        height="content",
    )


def stays_table(stays: Sequence[Stay]) -> None:
    """Which queues it waited in, for how long, and what came of it; nothing where no queue is known."""
    if not stays:
        return
    ends = ["bot took it" if row.by_bot else STAYS.get(row.end, NOTHING) for row in stays]
    show_table(
        "stays",
        {
            "queue": text("Queue", [row.queue or NOTHING for row in stays], width=146),
            "waited": figures("Waited", [span(row.seconds) for row in stays], width=92),
            "end": text("Until", ends, width=87, help="Until somebody accepted, or the conversation left the queue."),
        },
        about="Stays in queues",
        height="content",
    )


def surveys_table(surveys: Sequence[SurveyAsked]) -> None:
    """What the customer was asked about it, and answered; nothing where nobody asked."""
    if not surveys:
        return
    answers = [
        f"{KINDS[SurveyKind(row.survey)]}: {row.answer or 'no answer'}{'' if row.counts else ', not the last'}" for row in surveys
    ]
    comments = [row.comment for row in surveys]
    show_table(
        "surveys",
        {
            "survey": text("Survey", answers, width=180, help="Of several of one kind figures count the last answer."),
            "comment": text("Comment", comments, width=300) if any(comments) else None,
            "by": text("Asked by", [row.asked_by or PLATFORM for row in surveys], width=110),
        },
        about="Surveys in order of time",
        height="content",
    )


def participants_table(participants: Sequence[Participant]) -> None:
    """Who took part, in which role."""
    roles = [f"{row.role}{' (inferred)' if row.inferred else ''}" for row in participants]
    inferred = "Inferred where the source does not say which side a person is on."
    show_table(
        "participants",
        {"name": text("Participant", [row.name or NOTHING for row in participants]), "role": text("Role", roles, help=inferred)},
        about="Participants",
        height="content",
    )


def say_counted_in(story: Story) -> None:
    """The metrics that this conversation enters."""
    if not story.counted_in:
        why = "it was held for testing" if story.head.is_test else "no bot took part"
        st.caption(f"Counts in no metric, because {why}.")
        return
    said = f"Counts in: {', '.join(story.counted_in)}."
    shared = f" Only in the denominator of: {', '.join(story.shared_by)}." if story.shared_by else ""
    st.caption(said + shared)


def link_popover(story: Story) -> None:
    """The id and the link, to be copied."""
    with st.popover("Id and link", icon=":material/link:"):
        st.code(story.head.id, language=None, wrap_lines=True)
        address = (st.context.url or "").split("?")[0]
        query = urlencode({"conversation": f"{story.head.source}:{story.head.id}"}, safe=":")
        st.code(f"{address}?{query}", language=None, wrap_lines=True)


def choose_conversation(*, unknown: str = "") -> str | None:
    """Find a conversation by its id or customer; the id of the one that was chosen."""
    if unknown:
        st.warning(
            "Nothing has been received under this id. Ids are exact, capital letters included. It may have come to another "
            "database, or could not be read: the Sources page shows what was rejected.",
            icon=":material/search_off:",
            title="No conversation with this id",
        )
        st.code(unknown, language=None, wrap_lines=True)
    text = st.text_input(
        "Conversation id, or the customer's name or id", key="conversation_text", placeholder="Find a conversation", width=420
    ).strip()
    if text and has_conversation(runtime().store, text):
        return text
    customers = (text,) if text else ()
    wanted = Wanted("conversations", Filters(include_tests=True, customers=customers))
    found = list_conversations(runtime().store, wanted, limit=LOOKED_AT)
    if not found.rows:
        _say_none(text)
    # Those in which somebody wrote lead: a bot that greets and is left says nothing to whoever looks for one.
    recent = sorted(found.rows, key=lambda row: not row["num_customer_messages"])[:RECENT_ROWS]
    opened = conversation_list(recent, tz=viewer_zone(), conversation_url="conversation")
    if recent:
        say_zone()
    if found.count > RECENT_ROWS:
        of = f"{number(found.count)}{'+' if found.is_capped else ''}"
        st.button(
            f"All {of} conversations",
            type="tertiary",
            icon=":material/manage_search:",
            key="open_all",
            on_click=open_conversations,
            args=(EVERYBODY, {"period": ALL} | ({"customer": text} if text else {})),
        )
    return opened


def show_way_back() -> None:
    """To the list that it was opened from, as that was."""
    query = st.session_state.get(LIST_LINK)
    if query is not None:
        st.page_link("conversations.py", label="Conversations", icon=":material/arrow_back:", query_params=query)


def show_way_to_customer(head: Head) -> None:
    """To everything there is of the same customer."""
    if head.customer_id:
        st.button(
            "This customer's conversations",
            type="tertiary",
            icon=":material/manage_search:",
            key="of_customer",
            on_click=open_conversations,
            args=(EVERYBODY, {"period": ALL, "customer": head.customer_id}),
        )


def leave_conversation() -> None:
    """Back to the list."""
    del st.query_params["conversation"]


def _say_none(text: str) -> None:
    if text:
        said = "This is no conversation's id, and no customer's id or part of a name."
        st.info(said, icon=":material/search_off:", title="Nothing found")
        return
    st.info(
        "Conversations appear here as soon as the first one is received.", icon=":material/inbox:", title="No conversation yet"
    )
    st.page_link("sources.py", label="Connect a source", icon=":material/cable:")


def _draw_bands(chart: go.Figure, reach: float) -> None:
    palette = theme("chartDivergingColors") or [None] * 10
    shown = [
        (max(low, -reach), min(high, reach), word, place) for low, high, word, place in BANDS if low < reach and high > -reach
    ]
    for low, high, _, place in shown:
        if place is not None:
            chart.add_hrect(y0=low, y1=high, fillcolor=palette[place], opacity=0.14, line_width=0, layer="below")
    named = [(low, high, word) for low, high, word, _ in shown if high - low > reach / 12]
    chart.update_yaxes(
        range=[-reach, reach],
        tickvals=[(low + high) / 2 for low, high, _ in named],
        ticktext=[word for *_, word in named],
        showgrid=False,
        zeroline=True,
    )
