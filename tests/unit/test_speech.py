"""What a call's time was: the sweep against a count of every millisecond, and what of activities goes into it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.voice.deriving import SPEAKERS, TalkSpan, measure
from store.records import Derived, Role
from tests.transcripts import derive, ms

LONGEST = 60


def naive(said: list[TalkSpan], holds: list[tuple[int, int]], waits: list[tuple[int, int]]) -> dict[str, Any]:
    """Each millisecond looked at by itself."""
    first, last = min(each.start_ms for each in said), max(each.end_ms for each in said)
    found: dict[str, Any] = {"span": last - first, "spoken": 0, "overlap": 0, "silence": 0, "longest": 0}
    found |= {role: 0 for role in SPEAKERS}
    run = 0
    for moment in range(first, last):
        speaking = {each.role for each in said if each.start_ms <= moment < each.end_ms}
        is_quiet = any(start <= moment < end for start, end in (*holds, *waits))
        for role in speaking:
            found[role] += 1
        found["spoken"] += bool(speaking)
        found["overlap"] += len(speaking) > 1
        is_silent = not speaking and not is_quiet
        found["silence"] += is_silent
        run = run + 1 if is_silent else 0
        found["longest"] = max(found["longest"], run)
    return found


SPANS = st.tuples(st.integers(0, LONGEST), st.integers(1, LONGEST)).map(lambda pair: (pair[0], pair[0] + pair[1]))
SAID = st.lists(st.builds(lambda span, role: TalkSpan(*span, role, 0), SPANS, st.sampled_from(SPEAKERS)), min_size=1, max_size=8)
# The far end may lie before the beginning, as clocks that disagree have it.
QUIET = st.lists(st.tuples(st.integers(-20, 2 * LONGEST), st.integers(-20, 2 * LONGEST)), max_size=4)


@given(SAID, QUIET, QUIET)
def test_sweep_is_what_a_look_at_every_millisecond_finds(said, holds, waits):
    times = measure(said, holds, waits)

    expected = naive(said, holds, waits)
    assert times.span_ms == expected["span"]
    assert times.by_role == {role: expected[role] for role in SPEAKERS}
    assert (times.spoken_ms, times.overlap_ms) == (expected["spoken"], expected["overlap"])
    assert (times.silence_ms, times.longest_silence_ms) == (expected["silence"], expected["longest"])


def test_sides_that_speak_at_once_overlap_and_one_that_speaks_twice_at_once_does_not():
    said = [TalkSpan(0, 100, Role.CUSTOMER, 1), TalkSpan(50, 120, Role.AGENT, 1), TalkSpan(60, 110, Role.AGENT, 1)]

    times = measure(said, [], [])

    assert times.by_role == {Role.CUSTOMER: 100, Role.BOT: 0, Role.AGENT: 70}
    assert (times.spoken_ms, times.overlap_ms, times.silence_ms) == (120, 50, 0)


def test_hold_ends_a_silence_and_is_none():
    times = measure([TalkSpan(0, 10, Role.AGENT, 1), TalkSpan(100, 110, Role.AGENT, 1)], [(20, 60)], [])

    assert (times.silence_ms, times.longest_silence_ms) == (50, 40)


def spoken(offset: float | None, duration: float | None, **more: Any) -> str:
    """What lays speech over a message."""
    parts = {name: f"PT{value}S" for name, value in (("offset", offset), ("duration", duration)) if value is not None}
    return " | " + json.dumps({"channelData": {"speech": parts}} | more)


def speech_of(text: str, **options: Any) -> Any:
    """The one row of speech; None where there is none."""
    found: Derived = derive(text, channel="telephony", **options)
    (rows,) = found.speech.values()
    return rows[0] if rows else None


CALL = f"""
    10:00:00 bot: Hello, how can I help?{spoken(0, 2)}
    10:00:05 customer: My card is gone{spoken(3, 2)}
    10:00:07 event handoff.initiate {{}}
    10:00:07 bot: One moment{spoken(7, 1)}
    10:00:07 system event queue.entered {{"queue": "Cards"}}
    10:00:30 system event handoff.status {{"state": "accepted", "agent": {{"id": "bea", "name": "Bea"}}}}
    10:00:30 agent: Bea here, I will look{spoken(30, 4)}
    10:00:35 event hold.started
    10:00:55 event hold.ended
    10:00:56 agent: It is blocked now{spoken(56, 2)}
    10:00:57 customer: Thank you so much{spoken(57, 3)}
    10:01:05 end completedSuccessfully
"""


def test_call_is_measured_from_its_first_word_to_its_last():
    row = speech_of(CALL)

    assert row.span_ms == 60_000
    assert (row.customer_ms, row.bot_ms, row.agent_ms) == (5_000, 3_000, 6_000)
    assert (row.spoken_ms, row.overlap_ms) == (13_000, 1_000)
    # 2–3, 5–7, 34–35 and 55–56: neither the wait for Bea nor the hold.
    assert (row.silence_ms, row.longest_silence_ms) == (5_000, 2_000)
    assert (row.hold_ms, row.num_holds) == (20_000, 1)
    assert (row.num_utterances, row.customer_words, row.bot_words, row.agent_words) == (6, 8, 7, 9)
    assert (row.agent, row.queue) == ("Bea", "Cards")
    assert row.ended_ms == ms("10:01:05")


def test_wait_ends_where_the_handoff_fails():
    row = speech_of(f"""
        10:00:00 bot: Hello{spoken(0, 2)}
        10:00:10 customer: A human please{spoken(10, 8)}
        10:00:20 event handoff.initiate {{}}
        10:00:20 system event queue.entered {{"queue": "Cards"}}
        10:01:30 system event handoff.status {{"state": "failed"}}
        10:02:30 bot: Nobody is there{spoken(150, 20)}
        10:03:00 end completedSuccessfully
    """)

    # 2–10 and 18–20, and from the failure to the bot's words: 90–150.
    assert (row.silence_ms, row.longest_silence_ms) == (70_000, 60_000)


def test_wait_of_a_call_that_was_taken_up_again_ends_where_it_ended_before():
    row = speech_of(f"""
        10:00:00 customer: A human please{spoken(0, 10)}
        10:00:10 event handoff.initiate {{}}
        10:00:10 system event queue.entered {{"queue": "Cards"}}
        10:00:30 end completedSuccessfully
        10:01:00 customer: Are you there{spoken(60, 5)}
        10:01:05 bot: I am{spoken(65, 5)}
        10:01:20 end completedSuccessfully
    """)

    assert (row.silence_ms, row.longest_silence_ms) == (30_000, 30_000)


def test_chat_has_no_speech_nor_has_what_only_says_where_it_begins():
    assert speech_of("10:00:00 customer: hi\n10:00:01 bot: hello") is None
    assert speech_of(f"10:00:00 customer: hi{spoken(0, None)}\n10:00:01 bot: hello{spoken(1, 0)}") is None


def test_without_an_offset_speech_begins_when_it_was_sent():
    row = speech_of(f"10:00:00 bot: hi{spoken(None, 1)}\n10:00:04 customer: hello{spoken(None, 2)}")

    assert (row.span_ms, row.silence_ms, row.customer_ms) == (6_000, 3_000, 2_000)


def test_offsets_count_from_where_the_earliest_of_them_says_that_the_call_began():
    # What a person says is sent when it has been understood: later than it began.
    row = speech_of(f"10:00:00 bot: hi{spoken(0, 1)}\n10:00:09 customer: hello{spoken(2, 1)}\n10:00:10 bot: yes{spoken(10, 1)}")

    assert (row.span_ms, row.silence_ms) == (11_000, 8_000)


def test_open_call_is_measured_so_far_and_a_hold_that_goes_on_counts():
    text = f"10:00:00 bot: hi{spoken(0, 1)}\n10:00:05 agent: wait{spoken(5, 1)}\n10:00:06 event hold.started\n10:00:36 typing"

    row = speech_of(text, now="10:01:00")

    assert row.ended_ms is None
    assert (row.hold_ms, row.num_holds) == (30_000, 1)


def test_what_only_the_organisation_hears_is_no_talk():
    text = f"""
        10:00:00 customer: hi{spoken(0, 1)}
        10:00:05 bot: try this{spoken(5, 9, channelData={"tags": "private", "speech": {"duration": "PT9S"}})}
        10:00:02 agent: yes{spoken(2, 1)}
    """

    assert speech_of(text).span_ms == 3_000


def test_supervisor_who_joins_speaks_for_the_agents():
    assert speech_of(f"10:00:00 customer: hi{spoken(0, 1)}\n10:00:02 supervisor: Sue here{spoken(2, 3)}").agent_ms == 3_000


@pytest.mark.parametrize(
    "speech", [{"offset": -1, "duration": 5}, {"duration": "PT-5S"}, {"offset": "x", "duration": []}, [], "PT1S", None], ids=repr
)
def test_impossible_speech_is_none(speech):
    line = "10:00:00 customer: hi | " + json.dumps({"channelData": {"speech": speech}})

    row = speech_of(line)

    assert row is None or row.span_ms >= 0
