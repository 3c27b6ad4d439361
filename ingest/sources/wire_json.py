"""JSON as it comes: bytes in any of the usual encodings to plain values, and values to one canonical form.

orjson refuses what databases refuse too: lone surrogates. They, and NUL, which PostgreSQL cannot store, become U+FFFD.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

import orjson

from ingest.errors import RecordError

NOT_JSON = "not JSON"  # the reason, where it is said of a whole record

_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
_LONE = re.compile(r"\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000)\Z")
_NUL = b"\\u0000"
_PYTHONS = json.JSONDecoder(parse_constant=lambda _: None)  # NaN and Infinity, as Python writes them, are nothing
_GAP = re.compile(r"[\s,\x1e]*")  # between values


def decode(body: bytes) -> str:
    """Text of `body`: UTF-8 with or without a byte order mark, UTF-16 (with a mark, or betrayed by its zeros), UTF-32 with one.

    What is none of these, and would lose more of its signs as UTF-8 than it would keep, is in the code page of Western Windows.
    """
    if body.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return body.decode("utf-32", errors="replace")
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", errors="replace")
    if len(body) >= 4 and body[1] == 0 and body[0] != 0:
        return body.decode("utf-16-le", errors="replace")
    if len(body) >= 4 and body[0] == 0 and body[1] != 0:
        return body.decode("utf-16-be", errors="replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("utf-8-sig", errors="replace")
        num_signs = len(text) - len(text.encode("ascii", errors="ignore"))
        return body.decode("cp1252", errors="replace") if 2 * text.count("\ufffd") > num_signs else text


def parse(body: bytes) -> Any:
    """The value that `body` holds. RecordError where it is not JSON, or nested beyond what can be read safely."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return parse_text(decode(body))


def parse_text(text: str) -> Any:
    """Like `parse`, for JSON that came inside other JSON or in a table."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    try:
        return orjson.loads(_mend(text).encode("utf-8", errors="replace"))
    except orjson.JSONDecodeError as error:
        deep = "recursion" in str(error).lower()
        raise RecordError("nested too deeply to be read" if deep else NOT_JSON) from error


def parse_lines(body: bytes) -> tuple[list[Any], list[tuple[int, bytes]]] | None:
    """The values of JSON lines, and number and content of those lines that are none; None where it is no such file."""
    text = decode(body)
    first, _, rest = text.lstrip().partition("\n")
    if not rest.strip() or not _is_whole(first):
        return None
    values: list[Any] = []
    faults: list[tuple[int, bytes]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                values.append(parse_text(line))
            except RecordError:
                faults.append((number, line.encode(errors="replace")))
    return values, faults


def parse_row(body: bytes) -> list[Any]:
    """Values written one after the other, over however many lines, NaN in them or not. RecordError where there is more."""
    text = decode(body).strip()
    values: list[Any] = []
    at = 0
    while at < len(text):
        try:
            value, at = _PYTHONS.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            raise RecordError(NOT_JSON) from error
        values.append(value)
        gap = _GAP.match(text, at)
        at = gap.end() if gap else at
    return values


def _is_whole(text: str) -> bool:
    try:
        return isinstance(parse_text(text), dict | list)
    except RecordError:
        return False


def canonical(value: Any) -> tuple[Any, bytes]:
    """The value, and its one spelling: compact, keys sorted. The value comes back mended where it held what cannot be stored."""
    try:
        spelled = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return _canonical_of_mended(value)
    if _NUL in spelled:
        return _canonical_of_mended(value)
    return value, spelled


def as_object(value: Any) -> dict[str, Any]:
    """`value` if it is an object, the object in it if it is JSON in a string, else an empty one."""
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            inner, _ = canonical(parse_text(value))
        except RecordError:
            return {}
        if isinstance(inner, dict):
            return inner
    return {}


def _canonical_of_mended(value: Any) -> tuple[Any, bytes]:
    try:
        mended = orjson.loads(_mend(json.dumps(value)))
        return mended, orjson.dumps(mended, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError, RecursionError) as error:
        raise RecordError("nested too deeply, or holds what JSON cannot") from error


def _mend(text: str) -> str:
    """`text` with every escape of a lone surrogate or of NUL replaced by that of U+FFFD."""
    return _ESCAPE.sub(lambda found: "\\ufffd" if _LONE.match(found[0]) else found[0], text)
