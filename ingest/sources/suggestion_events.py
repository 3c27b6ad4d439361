"""Events by which a platform says what became of a suggestion that a bot made to an agent.

No standard names them, so the usual words are read, behind "suggestion" or "smart assist": suggestion.used, SuggestionSent,
smartassist.suggestion.dismissed … in any case and with any signs between. Which suggestion is meant is said by its activity's id.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.sources.senders import word
from ingest.sources.wire_json import as_object
from store.records import Kind

USED, DISMISSED = "used", "dismissed"
# By the last word of the event's name, what it says of the suggestion.
STATES = {
    **dict.fromkeys(("used", "sent", "copied", "inserted", "accepted", "edited"), USED),
    **dict.fromkeys(("dismissed", "rejected", "declined", "closed"), DISMISSED),
}
# Where its value names the suggestion; else it is the activity that the event replies to.
IDS = ("suggestionId", "activityId", "replyToId", "id")
_ABOUT = ("smartassist", "suggestion")
_NOT_LETTER = re.compile(r"[^a-z]+")


def suggestion_event(item: dict[str, Any]) -> tuple[Kind, dict[str, Any]] | None:
    """What an event says of a suggestion; None where it is about none, or does not say which."""
    name = _NOT_LETTER.sub("", str(item.get("name")).lower())
    if not name.startswith(_ABOUT):
        return None
    how = name.removeprefix(_ABOUT[0]).removeprefix(_ABOUT[1])
    value = item.get("value")
    named = as_object(value)
    of = next((text for key in IDS if (text := word(named.get(key)))), "")
    of = of or ("" if named else word(value)) or word(item.get("replyToId"))
    return (Kind.SUGGESTION, {"state": STATES[how], "of": of, "how": how}) if of and how in STATES else None
