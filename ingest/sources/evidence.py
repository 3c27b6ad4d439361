"""What a Bot Framework activity is evidence of: its kind and detail in the field's own words.

One function per wire type or event name, in tables at the end. Traces of Copilot Studio are read in `platform_traces`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ingest.errors import RecordError
from ingest.sources.platform_traces import TRACES, answers_in, is_system_topic
from ingest.sources.senders import is_by_number, kept_id, kept_name, mask_value, role_of, word
from ingest.sources.speech_timing import lowered, read_timing, speech_detail
from ingest.sources.suggestion_events import suggestion_event
from ingest.sources.wire_json import as_object, parse_text
from ingest.sources.wording import expects_input
from store.records import EndCode, Kind

Evidence = tuple[Kind, dict[str, Any] | None]

OTHER: Evidence = (Kind.OTHER, None)
_PLAIN_MESSAGE: Evidence = (Kind.MESSAGE, None)

VOICE_DATA = "vnd.microsoft.msdyn.oc.data"
WORK_ITEM_NAMES = ("msdyn_ocliveworkitemid", "msdyn_liveworkitemid")

_END_CODES = {
    "completedsuccessfully": EndCode.COMPLETED,
    "usercancelled": EndCode.CUSTOMER_LEFT,
    "bottimedout": EndCode.BOT_TIMED_OUT,
    "botissuedinvalidmessage": EndCode.FAILED,
    "channelfailed": EndCode.FAILED,
}
# Omnichannel's command enumeration, which some serialisers write as numbers.
_COMMANDS = {"escalate": "escalate", "0": "escalate", "endconversation": "end", "1": "end"}
# The types of Bot Framework's schema, in small letters.
ACTIVITY_TYPES = frozenset({
    "message", "messageupdate", "messagedelete", "messagereaction", "typing", "event", "trace", "invoke", "invokeresponse",
    "conversationupdate", "endofconversation", "handoff", "installationupdate", "command", "commandresult",
})  # fmt: skip
_HANDOFF_STATES = ("accepted", "failed", "completed")


def evidence_of(item: dict[str, Any], wire_type: str) -> Evidence:
    """Kind and detail of an activity whose type is `wire_type` in lower case."""
    read = _TYPES.get(wire_type)
    return read(item) if read else OTHER


def channel_data(item: dict[str, Any]) -> dict[str, Any]:
    """The channel's own part, in either spelling."""
    data = item.get("channelData") or item.get("channeldata")
    return data if type(data) is dict else {}


def is_private(item: dict[str, Any]) -> bool:
    """Whether only the organisation saw it: tagged private, or the summary that a bot writes for the agent when it escalates."""
    tags = channel_data(item).get("tags")
    if not tags:
        return False
    if isinstance(tags, str) and tags.lstrip().lower().startswith("private"):
        return True
    return command_of(tags)[0] == "escalate"


def command_of(tags: Any) -> tuple[str, dict[str, Any]]:
    """The command that `tags` holds, JSON or a plain list of words, and its context: "escalate", "end" or ""."""
    command = {key.lower(): value for key, value in as_object(tags).items()}
    name = _COMMANDS.get(str(command.get("type")).lower().strip(), "") if "type" in command else ""
    return name, as_object(command.get("context"))


def transcripts_in(item: dict[str, Any]) -> list[Any]:
    """Earlier activities that a handoff request carries along, in their order."""
    found: list[Any] = []
    attachments = item.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else ():
        if isinstance(attachment, dict) and str(attachment.get("name")).lower() == "transcript":
            found.extend(_activities(attachment.get("content")))
    return found


def is_handoff_request(item: dict[str, Any]) -> bool:
    """Whether this is the event by which a bot asks for a human."""
    return str(item.get("name")).lower() == "handoff.initiate"


def work_item_of(item: dict[str, Any]) -> str:
    """The Omnichannel conversation that an event or an update names."""
    for holder in (as_object(item.get("value")), as_object(channel_data(item).get(VOICE_DATA)), channel_data(item)):
        for name in WORK_ITEM_NAMES:
            if found := word(holder.get(name)):
                return found.strip("{} ").lower()
    return ""


def _activities(content: Any) -> list[Any]:
    if isinstance(content, str):
        try:
            content = parse_text(content)
        except RecordError:
            return []
    if isinstance(content, dict):
        content = content.get("activities") or content.get("transcript")
    return content if isinstance(content, list) else []


def _message(item: dict[str, Any]) -> Evidence:
    data = channel_data(item)
    tags = data.get("tags")
    if tags:
        name, context = command_of(tags)
        if name == "escalate":
            return _request(context)
        if name == "end":
            return Kind.END, {"code": EndCode.BOT_ENDED}
    speech = data.get("speech")
    timing = read_timing(lowered(speech)) if type(speech) is dict else None
    if timing is not None:
        return Kind.MESSAGE, (speech_detail(timing) or {}) | ({"expects_input": True} if expects_input(item) else {})
    return (Kind.MESSAGE, {"expects_input": True}) if expects_input(item) else _PLAIN_MESSAGE


def _deletion(item: dict[str, Any]) -> Evidence:
    return (Kind.MESSAGE, {"deleted": True}) if item.get("id") else OTHER


def _end(item: dict[str, Any]) -> Evidence:
    return Kind.END, {"code": _END_CODES.get(str(item.get("code")).lower(), EndCode.UNKNOWN)}


def _handoff(item: dict[str, Any]) -> Evidence:
    """A handoff without a value ends a skill and asks for nobody."""
    if is_handoff_request(item):
        return _handoff_initiate(item)
    value = as_object(item.get("value"))
    context = as_object(value.get("context"))
    if context or str(value.get("type")).lower() == "transfertoagent":
        return _request(context)
    if any(name.startswith("va_") for name in value):
        return _request(value)
    return OTHER


def _handoff_initiate(item: dict[str, Any]) -> Evidence:
    value = item.get("value")
    context = as_object(value)
    if not context and isinstance(value, str | int | float) and value not in ("", False):
        context = {"value": value}
    return _request(context)


def _request(context: dict[str, Any]) -> Evidence:
    if not context:
        return Kind.HANDOFF_REQUEST, None
    topic = _topic_in(context)
    named = {"topic": topic} if topic else {}
    return Kind.HANDOFF_REQUEST, {"context": _variables(context)} | named | answers_in(context)


def _topic_in(context: dict[str, Any]) -> str:
    """The last topic that is the customer's, as Copilot Studio hands topics on: the last one often is that which escalates."""
    topics = context.get("va_Topics")
    names = [*(topics if isinstance(topics, list) else ()), context.get("va_LastTopic")]
    return next((name for name in map(word, reversed(names)) if name and not is_system_topic(name)), "")


def _handoff_status(item: dict[str, Any]) -> Evidence:
    value = as_object(item.get("value"))
    state = str(value.get("state", item.get("value"))).lower()
    if state not in _HANDOFF_STATES:
        return OTHER
    agent = as_object(value.get("agent"))
    named = {"agent_id": word(agent.get("id")), "agent_name": word(agent.get("name"))}
    return Kind.HANDOFF_STATUS, {"state": state} | {key: text for key, text in named.items() if text}


def _conversation_update(item: dict[str, Any]) -> Evidence:
    detail: dict[str, Any] = {}
    for key, wire_name in (("joined", "membersAdded"), ("left", "membersRemoved")):
        members = item.get(wire_name)
        if isinstance(members, list) and (named := _members(item, members)):
            detail[key] = named
    voice = as_object(channel_data(item).get(VOICE_DATA))
    if variables := _variables({name: value for name, value in voice.items() if isinstance(value, str)}):
        return Kind.CONTEXT, {"variables": variables} | detail
    return Kind.MEMBERS, detail or None


def _members(item: dict[str, Any], members: list[Any]) -> list[dict[str, str]]:
    by_number = is_by_number(item)
    return [
        {
            "id": kept_id(word(member.get("id")), is_by_number=by_number),
            "name": kept_name(word(member.get("name"))),
            "role": role_of(member.get("role")).value,
        }
        for member in members
        if isinstance(member, dict)
    ]


def _start_conversation(item: dict[str, Any]) -> Evidence:
    value = as_object(item.get("value"))
    found = {
        "variables": _variables(value),
        "workstream": word(value.get("msdyn_workstream")) or word(value.get("msdyn_WorkstreamId")),
        "queue": word(value.get("msdyn_queue")),
    }
    detail = {key: said for key, said in found.items() if said} | answers_in(value)
    return (Kind.CONTEXT, detail) if detail else OTHER


def _variables(values: dict[str, Any]) -> dict[str, Any]:
    """Context variables: without the platform's own names, and phone numbers masked."""
    return {name: mask_value(name, value) for name, value in values.items() if not name.lower().startswith("msdyn_")}


def _queue(state: str) -> Callable[[dict[str, Any]], Evidence]:
    def read(item: dict[str, Any]) -> Evidence:
        value = item.get("value")
        name = word(as_object(value).get("queue")) or (value if isinstance(value, str) and value[:1] != "{" else "")
        return (Kind.QUEUE, {"state": state, "queue": name}) if name else OTHER

    return read


def _hold(state: str) -> Callable[[dict[str, Any]], Evidence]:
    return lambda _: (Kind.HOLD, {"state": state})


def _event(item: dict[str, Any]) -> Evidence:
    name = str(item.get("name")).lower()
    if read := _EVENTS.get(name):
        return read(item)
    # Bots of Copilot Studio that hand over by an event of their own call it so; without a context it asks for nobody.
    return _handoff(item) if name.endswith("handoff") else suggestion_event(item) or _trace(item)


def _trace(item: dict[str, Any]) -> Evidence:
    read = TRACES.get(str(item.get("valueType")).lower()) or TRACES.get(str(item.get("name")).lower())
    return (read(as_object(item.get("value"))) or OTHER) if read else OTHER


def _typing(_: dict[str, Any]) -> Evidence:
    return Kind.TYPING, None


_EVENTS: dict[str, Callable[[dict[str, Any]], Evidence]] = {
    "handoff.initiate": _handoff_initiate,
    "handoff.status": _handoff_status,
    "startconversation": _start_conversation,
    "queue.entered": _queue("entered"),
    "queue.left": _queue("left"),
    "hold.started": _hold("began"),
    "hold.ended": _hold("ended"),
}
_TYPES: dict[str, Callable[[dict[str, Any]], Evidence]] = {
    "message": _message,
    "messageupdate": _message,
    "messagedelete": _deletion,
    "typing": _typing,
    "event": _event,
    "trace": _trace,
    "endofconversation": _end,
    "handoff": _handoff,
    "conversationupdate": _conversation_update,
}
