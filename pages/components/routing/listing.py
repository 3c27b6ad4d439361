"""Escalations one by one: what narrows the list stands in the link, and each number of the Routing page turns to its part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from metrics.routing.escalations import Escalation, Judged, Landing
from metrics.routing.health import SeenIn
from metrics.routing.listing import Which
from metrics.routing.saying import say_landing, where_from
from pages.components import loaders
from pages.components.formats import as_label, span
from pages.components.own_lists import Slices, say_leaf
from pages.components.paging import PAGE_ROWS, leaf, trail_of
from pages.components.period import WITHOUT, Asked
from pages.components.tables import conversations, figures, moments, show_table, text

ELSEWHERE, ALL, HEALTH, TRIAL, JOURNEY, RULES = (
    *("Landed elsewhere", "Escalations", "Health"),
    *("Try rules", "Journey", "Rules in force"),
)
NOBODY, SOMEBODY = "nobody", "somebody"
FALLBACK = "(fallback)"
NOT_JUDGED = "not judged"
YES = "yes"
# By the word in the link: where those of the list landed.
LANDED: Mapping[str, tuple[Landing, ...]] = {
    **{str(landing): (landing,) for landing in Landing},
    NOT_JUDGED: (Landing.ON_OVERFLOW, Landing.QUEUE_UNKNOWN, Landing.NOT_RULED),
}
# By the name in the link: the column of the judged escalations that it narrows.
_COLUMNS = {
    **{"by_rule": "rule", "should_go": "wanted", "went_to": "to_queue"},
    **{"from_bot": "bot", "taken_by": "accepted_by", "of_stream": "workstream"},
}
_WITHOUT = {"by_rule": "the fallback", "taken_by": NOBODY}
SLICES = Slices(
    {
        "landed": lambda value: "those that cannot be judged" if value == NOT_JUDGED else say_landing(Landing(value)),
        "by_rule": lambda value: f"by {_quoted('by_rule', value)}",
        "should_go": lambda value: f"for {_quoted('should_go', value)}",
        "went_to": lambda value: f"went to {_quoted('went_to', value)}",
        "from_bot": lambda value: f"from {_quoted('from_bot', value)}",
        "taken_by": lambda value: f"accepted by {_quoted('taken_by', value)}",
        "of_stream": lambda value: f"of workstream {_quoted('of_stream', value)}",
        "variable": lambda value: f"with “{as_label(value)}” set",
        "unmatched": lambda value: _flag(value, "without a rule that matched"),
        "returned": lambda value: _flag(value, "those given back to the bot"),
    }
)


def lead(**words: str) -> dict[str, str]:
    """What the link says of these words, by the names in it; one that is empty has a word, too."""
    return {name: word or WITHOUT for name, word in words.items()}


def seen_in(found: SeenIn) -> dict[str, str]:
    """The same of what shows a warning."""
    return {
        **(lead(of_stream=found.workstream) if found.workstream is not None else {}),
        **({"variable": found.variable} if found.variable is not None else {}),
        **({"unmatched": YES} if found.is_fallback else {}),
        **(lead(from_bot=found.returned_by) | {"returned": YES} if found.returned_by is not None else {}),
    }


def show_escalations(asked: Asked, landings: tuple[Landing, ...] | None = None) -> None:
    """Those that the link narrows to, page by page; with `landings` only those that landed so."""
    names = tuple(name for name in SLICES.said if landings is None or name != "landed")
    chosen = SLICES.chosen(names)
    landed = landings or LANDED.get(chosen.get("landed", ""), tuple(Landing))
    which = Which(
        landed,
        {_COLUMNS[name]: _plain(value) for name, value in chosen.items() if name in _COLUMNS},
        variable=chosen.get("variable"),
        is_fallback="unmatched" in chosen,
        is_returned="returned" in chosen,
    )
    SLICES.show(chosen)
    show_pages(loaders.escalations_of(asked.filters, which, asked.as_of), asked, (landings, tuple(chosen.items())))


def show_pages(keys: Sequence[int], asked: Asked, question: object) -> None:
    """The escalations of these conversations, of which the oldest come first, page by page from the latest."""
    if not keys:
        st.info("No escalation here.", icon=":material/filter_alt_off:")
        return
    trail = trail_of((question, asked.period, asked.filters.tz))
    # A page begins behind the last row of the one before: what has come since then moves nothing.
    end = keys.index(trail[-1]) if trail[-1] in keys else len(keys)
    page = keys[max(0, end - PAGE_ROWS) : end]
    _table(loaders.judged_of(tuple(page), asked.as_of), asked.filters.tz)
    leaf(trail, page[0] if end > PAGE_ROWS else None, say_leaf(len(trail), len(page), len(keys)))


def _table(rows: Sequence[Judged], tz: str) -> None:
    """Each with the link to its conversation, its variables, and who accepted after how long."""
    found = [item.escalation for item in rows]
    routed = [item.routed for item in rows]
    show_table(
        "escalations",
        {
            "conversation": conversations([(each.source, each.conversation_id) for each in found], width=165, pinned=True),
            "at": moments("Asked for a human", [each.at_ms for each in found], tz, width=165),
            "went": text("Went to", [where_from(each.to_queue) for each in found], width=122),
            "wanted": text("Should go to", ["" if each is None else where_from(each.queue) for each in routed], width=122),
            "rule": text(
                "By rule", ["" if each is None else each.rule.name if each.rule else FALLBACK for each in routed], width=143
            ),
            "accepted": text(
                "Accepted by",
                [NOBODY if each.accepted_ms is None else each.accepted_by or SOMEBODY for each in found],
                width=117,
            ),
            "after": figures("After", [_waited(each) for each in found], width=86),
            "variables": text("Context variables", [_variables(item) for item in rows], width=400),
        },
        about="Escalations with their context variables, the queue their rules name and the queue they went to",
        height="content",
    )


def _variables(item: Judged) -> str:
    """As they were set, those that the rules read first."""
    read = {condition.variable for tried in (item.routed.tried if item.routed else ()) for condition in tried.rule.conditions}
    ordered = sorted(item.escalation.variables.items(), key=lambda variable: variable[0] not in read)
    return ", ".join(f"{name} = {value}" for name, value in ordered)


def _waited(escalation: Escalation) -> str:
    if escalation.accepted_ms is None:
        return ""
    return span(max(0, escalation.accepted_ms - escalation.at_ms) / 1000)


def _quoted(name: str, value: str) -> str:
    return _WITHOUT.get(name, WITHOUT) if value == WITHOUT else f"“{as_label(value)}”"


def _flag(value: str, said: str) -> str:
    if value != YES:
        raise ValueError(value)
    return said


def _plain(value: str) -> str:
    return "" if value == WITHOUT else value
