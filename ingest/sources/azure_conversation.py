"""Azure conversations: what is handed to, or comes from, Azure's analysis of conversations (summaries, personal data).

Read are `{"analysisInput": {"conversations": […]}}`, `{"conversations": […]}`, one conversation and a list of them. An item says
who takes part by its `role`, else by a participant that is called like one; of any other participant that is worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.errors import RecordError
from ingest.events import Normalised, Problem, RawRecord
from ingest.sources.arrays import join_threads
from ingest.sources.senders import kept_id, role_of, word
from ingest.sources.speech_timing import lowered, read_length_ms, read_timing, timing_of_words
from ingest.sources.times import Stamp, read_stamp
from ingest.sources.utterances import Call, Utterance, as_thread, name_of_content, spelled, text_in
from ingest.sources.wire_json import canonical, parse
from store.records import WireRole

NAME = "azure_conversation"

_TIMES = ("starttime", "starttimeutc", "startdatetime", "timestamp", "createddatetime")
_AROUND = ("analysisinput", "results")
_FORMS = ("text", "maskeditn", "itn", "lexical")
# What participants are called where their name is what they are, and nobody's own.
_CALLED: dict[str, WireRole] = {
    **dict.fromkeys(("customer", "caller", "client", "user", "enduser"), WireRole.CUSTOMER),
    **dict.fromkeys(("agent", "representative", "rep", "advisor", "operator", "humanagent"), WireRole.AGENT),
    **dict.fromkeys(("bot", "virtualagent", "ivr", "voicebot", "chatbot"), WireRole.BOT),
    **dict.fromkeys(("system",), WireRole.SYSTEM),
}
_NO_NAME = re.compile(r"(?:speaker|participant|channel|person|guest)?[ _#-]*\d{0,3}", re.IGNORECASE)
_LETTERS = re.compile(r"[^a-z]")


def is_conversation(value: Any) -> bool:
    """Whether it is a conversation, or holds some."""
    return any(map(_is_one, [item for item, _ in _conversations(value)]))


def normalise(record: RawRecord, *, source: str = NAME) -> Normalised:
    """What a file says."""
    try:
        return read(parse(record.body), source=source, whole=record.body, received_ms=record.received_ms)
    except RecordError as error:
        return Normalised(problems=[Problem(str(error), record.body)])


def read(value: Any, *, source: str = NAME, whole: bytes = b"", received_ms: int | None = None) -> Normalised:
    """What a parsed file says; `whole` is the file, to keep with what is wrong with all of it."""
    if not is_conversation(value):
        raise RecordError("not an Azure conversation: it holds no conversation items")
    result = Normalised()
    for item, around in _conversations(value):
        try:
            call = _read_call(item, around, result.problems)
            result.threads.append(as_thread(call, source=source, received_ms=received_ms))
        except RecordError as error:
            result.problems.append(Problem(str(error), spelled(item, whole)))
    result.threads = join_threads(result.threads)
    return result


def _conversations(value: Any) -> list[tuple[Any, Stamp | None]]:
    """Each conversation with the time that what is around it says."""
    if isinstance(value, list):
        return [found for item in value for found in _within(item)] if any(map(_holds_some, value)) else []
    return _within(value) if _holds_some(value) else []


def _within(value: Any) -> list[tuple[Any, Stamp | None]]:
    if not isinstance(value, dict):
        return [(value, None)]
    plain = lowered(value)
    listed = _listed(plain)
    return [(value, None)] if listed is None else [(item, _began(plain)) for item in listed]


def _listed(plain: dict[str, Any]) -> list[Any] | None:
    """The conversations that an object holds; None where it is one."""
    if _items(plain) is not None:
        return None
    inner = next((plain[name] for name in _AROUND if isinstance(plain.get(name), dict)), plain)
    found = lowered(inner).get("conversations")
    return found if isinstance(found, list) else None


def _holds_some(value: Any) -> bool:
    plain = lowered(value) if isinstance(value, dict) else {}
    found = _listed(plain)
    return _items(plain) is not None if found is None else any(map(_is_one, found))


def _is_one(value: Any) -> bool:
    return isinstance(value, dict) and _items(lowered(value)) is not None


def _items(plain: dict[str, Any]) -> list[Any] | None:
    found = plain.get("conversationitems")
    return found if isinstance(found, list) else None


def _began(plain: dict[str, Any]) -> Stamp | None:
    for name in _TIMES:
        if (stamp := read_stamp(plain.get(name))) is not None:
            return stamp
    return None


def _read_call(item: Any, around: Stamp | None, problems: list[Problem]) -> Call:
    if not isinstance(item, dict):
        raise RecordError("not a conversation: not an object")
    items = _items(lowered(item))
    if items is None:
        raise RecordError("not a conversation: it holds no conversation items")
    own, head = canonical({name: value for name, value in item.items() if name.lower() != "conversationitems"})
    plain = lowered(own)
    is_spoken = _is_spoken(plain, items)
    language = word(plain.get("language"))
    said = list(_utterances(items, language, problems))
    if not said:
        raise RecordError("a conversation in which nothing is said")
    name = word(plain.get("id")) or word(plain.get("conversationid"))
    return Call(kept_id(name) or name_of_content(said), head, said, _began(plain) or around, read_length_ms(plain), is_spoken)


def _is_spoken(plain: dict[str, Any], items: list[Any]) -> bool:
    """What is written says so: of the conversation, or of each item."""
    said = [word(lowered(item).get("modality")).lower() for item in items if isinstance(item, dict)]
    own = [modality for modality in said if modality]
    return any(modality != "text" for modality in own) if own else word(plain.get("modality")).lower() != "text"


def _utterances(items: list[Any], language: str, problems: list[Problem]) -> Iterator[Utterance]:
    for item in items:
        raw = b""
        try:
            item, raw = canonical(item)
            yield _utterance(item, raw, language)
        except RecordError as error:
            problems.append(Problem(str(error), raw))


def _utterance(item: Any, raw: bytes, language: str) -> Utterance:
    if type(item) is not dict:
        raise RecordError("not a conversation item: not an object")
    plain = lowered(item)
    redacted = plain.get("redactedcontent")
    text = text_in(plain, _FORMS) or (text_in(lowered(redacted), _FORMS) if isinstance(redacted, dict) else "")
    if not text and not any(isinstance(plain.get(name), str) for name in _FORMS):
        raise RecordError("not a conversation item: it says nothing")
    speaker_id, speaker, role = _participant(plain)
    return Utterance(
        raw=raw,
        speaker_id=speaker_id,
        speaker=speaker,
        role=role,
        text=text,
        timing=_timing(plain),
        activity_id=word(plain.get("id")),
        locale=word(plain.get("language")) or word(plain.get("locale")) or language,
        is_heard=bool(text),
        wire_type="conversation item" if text else "conversation item, empty",
    )


def _timing(plain: dict[str, Any]) -> Any:
    """That of the item; else from its first word to its last."""
    own = plain.get("conversationitemleveltiming")
    timing = read_timing(lowered(own)) if isinstance(own, dict) else None
    if timing is not None and timing.offset_ms is not None and timing.duration_ms is not None:
        return timing
    words = timing_of_words(plain.get("wordleveltimings")) or timing_of_words(plain.get("audiotimings"))
    return words or timing or read_timing(plain)


def _participant(plain: dict[str, Any]) -> tuple[str, str, WireRole]:
    """Id, name and role. What is only called "Customer" or "speaker 1" is another one in another call, and so has no id."""
    called = word(plain.get("participantid")) or word(plain.get("participant"))
    by_name = _CALLED.get(_LETTERS.sub("", called.lower()))
    said = role_of(plain.get("role")) if type(plain.get("role")) is str else WireRole.UNSAID
    if said in (WireRole.UNSAID, WireRole.USER):
        said = by_name or (WireRole.CUSTOMER if said is WireRole.USER else WireRole.SPEAKER)
    is_own = by_name is None and not _NO_NAME.fullmatch(called)
    name = kept_id(called, is_by_number=True)
    return name if is_own else "", name or "Unnamed", said
