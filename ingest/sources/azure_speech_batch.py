"""Azure Speech transcriptions: result files of a batch transcription (v3 and later, and v2), and answers of a fast transcription.

A call is known by its recording and when it was transcribed; without these by its content. Speakers have numbers, if that: who is
customer and who agent is worked out from the whole call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from ingest.errors import RecordError
from ingest.events import Normalised, Problem, RawRecord
from ingest.sources.arrays import join_threads
from ingest.sources.identity import fingerprint
from ingest.sources.senders import word
from ingest.sources.speech_timing import lowered, read_length_ms, read_timing, timing_of_words
from ingest.sources.times import read_stamp
from ingest.sources.utterances import Call, Utterance, as_thread, name_of_content, spelled, text_in
from ingest.sources.wire_json import canonical, parse
from store.records import WireRole

NAME = "azure_speech_batch"
NO_PHRASES = "a transcription without a phrase: nobody was heard"

_LISTS = ("recognizedphrases", "segmentresults", "phrases")  # v3, v2, fast
_FORMS = ("display", "displaytext", "text", "maskeditn", "itn", "lexical")
_CHANNEL_FILE = re.compile(r"channel\.(\d{1,9})\b.*", re.IGNORECASE)
_NOT_HEAD = frozenset({*_LISTS, "combinedrecognizedphrases", "combinedresults", "combinedphrases"})


def is_transcription(value: Any) -> bool:
    """Whether it is one transcription, or a list of them."""
    return bool(_transcriptions(value))


def normalise(record: RawRecord, *, source: str = NAME) -> Normalised:
    """What a result file says."""
    try:
        return read(parse(record.body), source=source, whole=record.body, received_ms=record.received_ms)
    except RecordError as error:
        return Normalised(problems=[Problem(str(error), record.body)])


def read(value: Any, *, source: str = NAME, whole: bytes = b"", received_ms: int | None = None) -> Normalised:
    """What a parsed file says; `whole` is the file, to keep with what is wrong with all of it."""
    found = _transcriptions(value)
    if not found:
        raise RecordError("not an Azure Speech transcription: it holds no recognised phrases")
    result = Normalised()
    for item in found:
        try:
            call = _read_call(item, result.problems)
            result.threads.append(as_thread(call, source=source, received_ms=received_ms))
        except RecordError as error:
            result.problems.append(Problem(str(error), spelled(item, whole)))
    result.threads = join_threads(result.threads)
    return result


def _transcriptions(value: Any) -> list[Any]:
    """One file may hold one, a list of them, or, in the second version, the results of several audio files."""
    if isinstance(value, list):
        return value if any(isinstance(item, dict) and _phrases(lowered(item)) is not None for item in value) else []
    if not isinstance(value, dict):
        return []
    plain = lowered(value)
    if isinstance(plain.get("audiofileresults"), list):
        return _audio_files(plain["audiofileresults"])
    return [value] if _phrases(plain) is not None else []


def _audio_files(results: list[Any]) -> list[Any]:
    """The channels of one recording are one call: files called Channel.0 and Channel.1."""
    plain = [lowered(item) if isinstance(item, dict) else item for item in results]
    channels = [_CHANNEL_FILE.fullmatch(word(item.get("audiofilename"))) if isinstance(item, dict) else None for item in plain]
    if len(results) < 2 or not all(channels) or not all(isinstance(item.get("segmentresults") or [], list) for item in plain):
        return results
    parts = [
        {**phrase, "ChannelNumber": int(channel[1])}
        for item, channel in zip(plain, channels, strict=True)
        if channel is not None
        for phrase in item.get("segmentresults") or []
        if isinstance(phrase, dict)
    ]
    lengths = [read_length_ms(item) or 0 for item in plain if isinstance(item, dict)]
    return [{"durationMilliseconds": max(lengths), "SegmentResults": parts}]


def _phrases(plain: dict[str, Any]) -> list[Any] | None:
    is_fast = "combinedphrases" in plain or "durationmilliseconds" in plain
    found = (plain.get(name) for name in _LISTS if name != "phrases" or is_fast)
    return next((phrases for phrases in found if isinstance(phrases, list)), None)


def _read_call(item: Any, problems: list[Problem]) -> Call:
    if not isinstance(item, dict):
        raise RecordError("not a transcription: not an object")
    phrases = _phrases(lowered(item))
    if phrases is None:
        raise RecordError("not a transcription: it holds no recognised phrases")
    around, head = canonical({name: value for name, value in item.items() if name.lower() not in _NOT_HEAD})
    plain = lowered(around)
    said = list(_utterances(phrases, problems))
    if not said:
        raise RecordError(NO_PHRASES)
    return Call(
        conversation_id=_name(plain) or name_of_content(said),
        head=head,
        utterances=said,
        began=read_stamp(plain.get("timestamp")),
        length_ms=read_length_ms(plain),
    )


def _name(plain: dict[str, Any]) -> str:
    """By the recording and the moment of its transcription. What stands behind the address's path lets others in, and changes."""
    source, timestamp = word(plain.get("source")), word(plain.get("timestamp"))
    if not source or not timestamp:
        return ""
    try:
        parts = urlsplit(source)
        source = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    except ValueError:
        source = source.partition("?")[0]
    return f"call-{fingerprint(f'{source} {timestamp}'.encode(errors='replace')).hex()}"


def _utterances(phrases: list[Any], problems: list[Problem]) -> Iterator[Utterance]:
    read: list[tuple[dict[str, Any], bytes]] = []
    for phrase in phrases:
        raw = b""
        try:
            phrase, raw = canonical(phrase)
            read.append((_checked(phrase), raw))
        except RecordError as error:
            problems.append(Problem(str(error), raw))
    called = _speakers([phrase for phrase, _ in read])
    for (phrase, raw), speaker in zip(read, called, strict=True):
        status = word(phrase.get("recognitionstatus")) or "Success"
        best = _best(phrase)
        text = text_in(best, _FORMS) or text_in(phrase, _FORMS)
        timing = read_timing(phrase)
        if timing is None or timing.offset_ms is None or timing.duration_ms is None:
            timing = timing_of_words(best.get("words") or phrase.get("words")) or timing
        is_heard = status.lower() == "success" and bool(text)
        yield Utterance(
            raw=raw,
            speaker_id="",
            speaker=speaker,
            role=WireRole.SPEAKER,
            text=text,
            timing=timing,
            locale=word(phrase.get("locale")),
            is_heard=is_heard,
            wire_type="phrase" if is_heard else f"phrase {status[:40]}",
        )


def _checked(phrase: Any) -> dict[str, Any]:
    if type(phrase) is not dict:
        raise RecordError("not a phrase: not an object")
    plain = lowered(phrase)
    if not any(name in ("nbest", "recognitionstatus") or name.startswith("offset") for name in plain):
        raise RecordError("not a phrase: it says neither what was heard nor that nothing was")
    return plain


def _best(phrase: dict[str, Any]) -> dict[str, Any]:
    """The first guess that is one: they come in order of confidence."""
    guesses = phrase.get("nbest")
    first = next((guess for guess in guesses if isinstance(guess, dict)), {}) if isinstance(guesses, list) else {}
    return lowered(first)


def _speakers(phrases: list[dict[str, Any]]) -> list[str]:
    """What each phrase's speaker is called: by channel where a call has several, by speaker where a channel has several."""
    channels = [_number(phrase, "channel", "channelnumber") for phrase in phrases]
    numbers = [_number(phrase, "speaker", "speakerid") for phrase in phrases]
    by_channel = len(set(channels)) > 1
    in_channel: dict[str, set[str]] = {}
    for channel, number in zip(channels, numbers, strict=True):
        in_channel.setdefault(channel if by_channel else "", set()).add(number)
    called = []
    for channel, number in zip(channels, numbers, strict=True):
        parts = [f"channel {channel}".rstrip()] if by_channel else []
        if len(in_channel[channel if by_channel else ""]) > 1 or not by_channel:
            parts.append(f"speaker {number}".rstrip())
        called.append(", ".join(parts).capitalize())
    return called


def _number(phrase: dict[str, Any], *names: str) -> str:
    for name in names:
        value = phrase.get(name)
        if type(value) is float and value.is_integer():
            value = int(value)
        if found := word(value)[:20]:
            return found
    return ""
