"""A list of conversations, each a link by its id: mounted here, drawn in the browser by the files beside this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from metrics.channels import channel_label
from metrics.finding import link_of
from metrics.snippets import Snippet
from metrics.story.lines import as_score, shown
from pages.components.formats import moment, number, signed, span
from pages.components.mounting import mount, nothing

_SCRIPTS = ("../browser/format.js", "conversation_list.js")
STANDS = {"with_bot": "With bot", "waiting": "Waiting", "with_agent": "With agent", "wrap_up": "Wrap-up"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row, in the words that are shown."""

    link: str
    id: str
    customer: str
    day: str
    time: str
    lasted: str
    outcome: str
    reason: str
    marks: tuple[str, ...]
    bot: str
    topic: str
    queue: str
    channel: str
    level: str
    score: str
    messages: str
    has_words: bool  # of the customer's
    speaker: str  # of the message that says what is searched for
    said: tuple[tuple[str, bool], ...]  # the message in parts, each with whether it is that


def conversation_list(
    rows: Sequence[Mapping[Any, Any]],
    *,
    tz: str,
    conversation_url: str,
    snippets: Mapping[int, Snippet] | None = None,
    key: str = "conversation_list",
) -> str | None:
    """Draw rows of table `conversation`; the link of the one somebody has just opened, None otherwise.

    `snippets` are the messages that say what is searched for, by conversation key.
    """
    found = snippets or {}
    entries = [asdict(entry_of(row, tz, found.get(row["conversation_key"]))) for row in rows]
    data = {"rows": entries, "conversation_url": conversation_url}
    component = mount(Path(__file__).parent, "conversation_list", _SCRIPTS)
    result = component(key=key, data=data, on_opened_change=nothing)
    opened: str | None = result.opened
    return opened


def entry_of(row: Mapping[Any, Any], tz: str, snippet: Snippet | None = None) -> Entry:
    """A row as it is shown; times are of the zone."""
    score = as_score(row["sentiment_micro"])
    is_open = row["ended_ms"] is None
    day, time = moment(row["started_ms"] if is_open else row["ended_ms"], tz).split(", ")
    return Entry(
        link=link_of(row),
        id=shown(row["conversation_id"]),
        customer=shown(row["customer_name"] or row["customer_id"]),
        day=day,
        time=f"{time}, open" if is_open else time,
        lasted="" if is_open else span((row["ended_ms"] - row["started_ms"]) / 1000),
        outcome=_outcome(row),
        reason=shown(row["reason"]),
        marks=tuple(_marks(row)),
        bot=shown(row["bot"]),
        topic=shown(row["topic"]),
        queue=shown((row["escalation_queue"] if row["escalated_ms"] is not None else "") or row["queue"]),
        channel=shown(channel_label(row["channel"])),
        level="" if score is None else score.level,
        score="" if score is None else signed(score.value),
        messages=number(row["num_messages"]),
        has_words=bool(row["num_customer_messages"]),
        speaker="" if snippet is None else snippet.role,
        said=() if snippet is None else tuple(_parts(snippet)),
    )


def _parts(snippet: Snippet) -> Iterator[tuple[str, bool]]:
    reached = 0
    for low, high in snippet.spans:
        yield snippet.text[reached:low], False
        yield snippet.text[low:high], True
        reached = high
    yield snippet.text[reached:], False


def _outcome(row: Mapping[Any, Any]) -> str:
    if row["outcome"] is None:
        return STANDS.get(row["state"], "No bot") if row["ended_ms"] is None else "No bot"
    return f"{row['outcome']}, {row['resolution']}" if row["resolution"] else str(row["outcome"])


def _marks(row: Mapping[Any, Any]) -> list[str]:
    """What somebody who scans should not miss."""
    fallbacks = row["num_fallbacks"]
    said = {
        "suspect": row["is_suspect"],
        "nobody accepted": row["outcome"] == "escalated" and row["accepted_ms"] is None,
        "back to the bot": row["returned_to_bot"],
        f"not understood {number(fallbacks)}\u00d7": fallbacks,
        "test": row["is_test"],
    }
    return [mark for mark, is_so in said.items() if is_so]
