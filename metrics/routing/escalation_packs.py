"""Packed escalations: those of the conversations that ended on one UTC day, with the variables that stood when they were routed.

What routed them is packed, not what rules say of it: so packs outlive every change of rules. Of long texts, which a bot writes
freely and rules seldom read, only that there is one stands among the variables; what they say is compressed behind them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import orjson
import zstandard

from metrics.packing import body_of
from metrics.routing.escalation_rows import OTHERS, WORDS, EscalationRows
from metrics.routing.escalations import Escalation, as_value, ended_escalations
from metrics.rows import Ints, Words
from metrics.unpacking import Unpacked
from metrics.windows import DAY_MS
from store.day_packs import PackedDay
from store.engine import Connection
from store.routing.records import Value

# Values that are longer are not told apart, but by rules that read them.
LONGEST_VALUE = 60
_PLAIN: dict[str, np.dtype[Any]] = {
    "key": np.dtype("<i8"),
    "at_ms": np.dtype("<i8"),
    "returned": np.dtype("u1"),
    "num_variables": np.dtype("<u4"),
}
COLUMNS = _PLAIN | {name: np.dtype("<u4") for name in WORDS}
_PLACE = np.dtype("<u4")
# A variable as one word: of what kind it is, its name, its value.
_TEXT, _NUMBER, _LONG = "t", "n", "l"


def escalations_of_day(connection: Connection, day: int) -> list[PackedDay]:
    """The pack of one UTC day, from the conversations that ended on it; none where none of them was escalated."""
    return pack_escalations(day, list(ended_escalations(connection, day * DAY_MS, (day + 1) * DAY_MS)))


def pack_escalations(day: int, escalations: Sequence[Escalation]) -> list[PackedDay]:
    """One pack of escalations, in their order."""
    if not escalations:
        return []
    known: dict[str, int] = {}
    texts: dict[str, int] = {}
    pairs, longs = [], []
    for name, value in (pair for item in escalations for pair in item.variables.items()):
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            longs.append(texts.setdefault(value, len(texts)))
        pairs.append(known.setdefault(_word(name, value), len(known)))
    values = {name: [getattr(item, name) for item in escalations] for name in ("key", "at_ms", *WORDS)} | {
        "returned": [item.returned_to_bot for item in escalations],
        "num_variables": [len(item.variables) for item in escalations],
    }
    words = {"pair": list(known), "num_pairs": len(pairs), "num_longs": len(longs)}
    said = zstandard.ZstdCompressor().compress(orjson.dumps(list(texts))) if texts else b""
    tail = np.array([*pairs, *longs], dtype=_PLACE).tobytes() + said
    return [PackedDay(day, "", len(escalations), body_of(values, COLUMNS, WORDS, words=words, tail=tail))]


def unpack_escalations(packs: Sequence[PackedDay], read: Collection[str] = ()) -> EscalationRows:
    """The escalations of packs, in the order of these, each with the day of its pack; long texts only of what is `read`."""
    words = Words((*WORDS, "pair"))
    found = Unpacked(packs, COLUMNS, WORDS, words)
    ends = np.cumsum(found.columns.pop("num_variables"), dtype=np.int64)
    own = [header["pair"] for header in found.headers]
    counts = np.array([header["num_pairs"] for header in found.headers], dtype=np.int64)
    tails = found.tails()
    codes = np.frombuffer(b"".join(tail[: 4 * count] for tail, count in zip(tails, counts.tolist(), strict=True)), _PLACE)
    if read:
        codes = _with_long_texts(found.headers, own, tails, codes, counts, read)
    pairs = found.numbered(own, codes, words, "pair", counts)
    listed: dict[str, Sequence[Any]] = dict(words.listed())
    listed["pair"] = [_pair(word) for word in listed["pair"]]
    return EscalationRows(found.columns | {"day": found.days}, pairs, ends, listed)


def _word(name: str, value: Value) -> str:
    if isinstance(value, str):
        return f"{_TEXT}{name}\0{value}" if len(value) <= LONGEST_VALUE else f"{_LONG}{name}\0"
    return f"{_NUMBER}{name}\0{value}"


def _pair(word: str) -> tuple[str, Value]:
    name, _, text = word[1:].partition("\0")
    return name, OTHERS if word[0] == _LONG else as_value(text, "number") if word[0] == _NUMBER else text


def _with_long_texts(
    headers: Sequence[Any], own: list[list[str]], tails: Sequence[bytes], codes: Ints, counts: Ints, read: Collection[str]
) -> Ints:
    """`codes` with a word of its own, added to those of its pack, for each long text of a variable that is read."""
    wanted = {_word(name, " " * (LONGEST_VALUE + 1)) for name in read}
    told: Ints = codes.copy()
    end = 0
    for place, (header, tail, count) in enumerate(zip(headers, tails, counts.tolist(), strict=True)):
        begin, end = end, end + count
        if not header["num_longs"] or wanted.isdisjoint(own[place]):
            continue
        behind = 4 * (count + header["num_longs"])
        texts = orjson.loads(zstandard.ZstdDecompressor().decompress(tail[behind:]))
        longs = iter(np.frombuffer(tail[4 * count : behind], _PLACE).tolist())
        words = list(own[place])
        known: dict[str, int] = {}
        for at in range(begin, end):
            word = own[place][codes[at]]
            if word[0] == _LONG:
                text = texts[next(longs)]
                if word in wanted:
                    full = f"{_TEXT}{word[1:]}{text}"
                    if full not in known:
                        known[full] = len(words)
                        words.append(full)
                    told[at] = known[full]
        own[place] = words
    return told
