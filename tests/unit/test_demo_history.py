"""The simulated floor's history: enough of it, the same every time, with rates and moods that look like a real floor's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

import orjson
import pytest
from textblob.en import sentiment

from ingest.sources.demo.assist import ADVISERS
from ingest.sources.demo.bots import AVA, HOMER, RELEASED_DAYS_AGO, VOX
from ingest.sources.demo.scene import BOOKS, TOPICS
from ingest.sources.demo.schedule import LEAD, conversations

pytestmark = pytest.mark.thorough

END = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
START = END - timedelta(days=30)
BOT_NAMES = {bot.name for bot in (AVA, HOMER, VOX)}

Conversation = list[dict[str, Any]]


@pytest.fixture(scope="module")
def history() -> list[Conversation]:
    return list(conversations(7, start=START, end=END))


def _at(activity: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(activity["timestamp"])


def _bot_of(conversation: Conversation) -> str:
    return next(activity["from"]["name"] for activity in conversation if activity["from"].get("role") == "bot")


def _outcome(conversation: Conversation) -> str:
    """What the words on the wire come to, by a reckoning of its own."""
    if any(activity.get("name") == "queue.entered" and activity["value"]["queue"] != "BotQueue" for activity in conversation):
        return "escalated"
    if not any(activity["from"]["id"].startswith("cust-") for activity in conversation if activity["type"] == "message"):
        return "other"
    code = conversation[-1].get("code")
    if code is None:
        return "abandoned" if "inputHint" in conversation[-1] else "resolved"
    return {"completedSuccessfully": "resolved", "channelFailed": "other"}.get(code, "abandoned")


def _shares(history: list[Conversation], bot: str) -> dict[str, float]:
    counts = Counter(_outcome(conversation) for conversation in history if _bot_of(conversation) == bot)
    return {outcome: count / counts.total() for outcome, count in counts.items()}


def _said_by_customer(conversation: Conversation) -> list[str]:
    return [
        activity["text"]
        for activity in conversation
        if activity["type"] == "message" and activity["from"]["id"].startswith("cust-")
    ]


def test_thirty_days_hold_over_five_thousand_conversations_in_order_of_start(history: list[Conversation]) -> None:
    starts = [_at(conversation[0]) for conversation in history]

    assert 5_000 <= len(history) <= 8_000
    assert starts == sorted(starts)
    assert starts[0] >= START
    assert starts[-1] < END


def test_same_seed_gives_the_same_bytes_in_a_process_with_other_hashes() -> None:
    code = (
        "from datetime import UTC, datetime, timedelta; from hashlib import sha256; import orjson;"
        "from ingest.sources.demo.schedule import activities_between, conversations;"
        "end = datetime(2026, 11, 22, 7, tzinfo=UTC); day = timedelta(days=1);"
        "said = list(conversations(7, start=end - day, end=end)), activities_between(7, end, end + day / 24);"
        "print(sha256(orjson.dumps(said)).hexdigest())"
    )

    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }

    assert len(digests) == 1


def test_another_seed_gives_another_floor() -> None:
    day = timedelta(days=1)

    first, second = (sha256(orjson.dumps(list(conversations(seed, start=END - day, end=END)))).digest() for seed in (1, 2))

    assert first != second


def test_a_stretch_is_the_same_whether_asked_in_one_piece_or_two() -> None:
    middle = END - timedelta(days=1, hours=5)
    start = END - timedelta(days=3)

    whole = list(conversations(7, start=start, end=END))
    parts = [*conversations(7, start=start, end=middle, floor_at=END), *conversations(7, start=middle, end=END)]

    assert whole == parts


def test_every_activity_has_what_bot_framework_requires(history: list[Conversation]) -> None:
    for conversation in history:
        conversation_id = conversation[0]["conversation"]["id"]
        ids = {activity["id"] for activity in conversation}
        assert len(ids) == len(conversation)
        for activity in conversation:
            assert activity["type"] and activity["channelId"] and activity["from"]["id"]
            assert activity["conversation"]["id"] == conversation_id
            assert activity["timestamp"].endswith("Z") and len(activity["timestamp"]) == 24


def test_conversation_ids_are_unique(history: list[Conversation]) -> None:
    assert len({conversation[0]["conversation"]["id"] for conversation in history}) == len(history)


def test_times_within_a_conversation_only_go_forward_and_it_is_over_within_the_lead(history: list[Conversation]) -> None:
    for conversation in history:
        times = [_at(activity) for activity in conversation]
        assert all(earlier < later for earlier, later in pairwise(times))
        assert times[-1] - times[0] < LEAD
        assert max(later - earlier for earlier, later in pairwise(times)) < timedelta(minutes=30)


@pytest.mark.parametrize(
    ("bot", "resolved", "escalated", "abandoned"),
    [("Ava", 0.68, 0.22, 0.08), ("Homer", 0.52, 0.33, 0.13), ("Vox", 0.41, 0.40, 0.16)],
)
def test_bots_differ_in_quality(
    history: list[Conversation], bot: str, resolved: float, escalated: float, abandoned: float
) -> None:
    shares = _shares(history, bot)

    assert shares["resolved"] == pytest.approx(resolved, abs=0.04)
    assert shares["escalated"] == pytest.approx(escalated, abs=0.04)
    assert shares["abandoned"] == pytest.approx(abandoned, abs=0.04)


def test_homer_is_better_with_its_new_version(history: list[Conversation]) -> None:
    middle = (END - timedelta(days=RELEASED_DAYS_AGO)).replace(hour=0, minute=0, second=0, microsecond=0)

    before = _shares([conversation for conversation in history if _at(conversation[0]) < middle], "Homer")
    after = _shares([conversation for conversation in history if _at(conversation[0]) >= middle], "Homer")

    assert after["resolved"] - before["resolved"] == pytest.approx(HOMER.gain, abs=0.04)


def test_lunch_is_busier_than_night_and_weekdays_than_weekends(history: list[Conversation]) -> None:
    starts = [_at(conversation[0]) for conversation in history]
    by_hour = Counter(at.hour for at in starts)
    by_weekday = Counter(at.weekday() for at in starts)

    assert by_hour[12] > 10 * by_hour[3]
    assert by_weekday[2] > 1.5 * by_weekday[6]


def test_moods_move_both_ways(history: list[Conversation]) -> None:
    falls = rises = scored = 0
    for conversation in history[:1500]:
        polarities = [sentiment(text)[0] for text in _said_by_customer(conversation)]
        if len(polarities) < 3:
            continue
        scored += 1
        falls += min(polarities[1:]) <= polarities[0] - 0.3
        rises += max(polarities[1:]) >= polarities[0] + 0.3

    assert 0.2 < falls / scored < 0.6
    assert 0.2 < rises / scored < 0.7


def test_moods_are_graded_for_a_plain_sentiment_engine() -> None:
    means = {level: sum(sentiment(line)[0] for line in lines) / len(lines) for level, lines in BOOKS["en"].moods.items()}

    assert [level for level, _ in sorted(means.items(), key=lambda graded: graded[1])] == [-3, -2, -1, 1, 2, 3]
    assert means[-3] < -0.6 and means[3] > 0.6


def test_customers_who_wait_are_accepted_or_give_up(history: list[Conversation]) -> None:
    escalated = [conversation for conversation in history if _outcome(conversation) == "escalated"]
    given_up = [
        conversation
        for conversation in escalated
        if not any(activity.get("name") == "handoff.status" for activity in conversation)
    ]

    assert 0.02 < len(given_up) / len(escalated) < 0.25
    assert all(conversation[-1]["code"] == "userCancelled" for conversation in given_up)


def test_both_ways_of_asking_for_a_person_are_used(history: list[Conversation]) -> None:
    by_event = sum(any(activity.get("name") == "handoff.initiate" for activity in conversation) for conversation in history)
    by_tags = sum(
        any("Escalate" in str(activity.get("channelData", "")) for activity in conversation) for conversation in history
    )

    assert by_event > 200 and by_tags > 200


def test_about_a_third_of_those_asked_for_a_rating_give_one(history: list[Conversation]) -> None:
    counts = Counter(activity.get("valueType") for conversation in history for activity in conversation)

    assert counts["CSATSurveyResponse"] / counts["CSATSurveyRequest"] == pytest.approx(0.35, abs=0.04)
    assert counts["PRRSurveyResponse"] == counts["PRRSurveyRequest"]


def test_some_customers_come_back_within_days(history: list[Conversation]) -> None:
    by_customer: defaultdict[str, list[datetime]] = defaultdict(list)
    for conversation in history:
        customer_id = conversation[0]["membersAdded"][1]["id"]
        by_customer[customer_id].append(_at(conversation[0]))

    back_soon = sum(
        any(later - earlier < timedelta(days=7) for earlier, later in pairwise(times)) for times in by_customer.values()
    )

    assert 0.05 < back_soon / len(by_customer) < 0.4


def test_a_few_write_in_other_languages(history: list[Conversation]) -> None:
    locales = Counter(
        next((activity["locale"] for activity in conversation if "locale" in activity), "") for conversation in history
    )

    others = locales["es-MX"] + locales["pt-BR"]
    assert 0.01 < others / len(history) < 0.08


def test_neighbouring_conversations_do_not_read_the_same(history: list[Conversation]) -> None:
    openings = [said[0] for conversation in history if (said := _said_by_customer(conversation))]

    alike = sum(first == second for first, second in pairwise(openings))

    assert alike / len(openings) < 0.01


def test_an_answer_of_a_bot_asks_nothing() -> None:
    """Whoever leaves after an answer has it, and is counted as resolved; a question would make that abandoned."""
    topics = [topic for topics in TOPICS.values() for topic in topics] + [
        topic for book in BOOKS.values() for topic in book.topics
    ]
    closing = [answer for topic in topics for answer in (*topic.answers, *(reply for _, reply in topic.follow_ups))]
    closing += [line for book in BOOKS.values() for line in book.bot_bye]

    assert len({topic.name for topic in topics}) >= 12
    assert not [answer for answer in closing if "?" in answer]


def test_everybody_named_is_a_known_bot_agent_adviser_customer_the_survey_bot_or_the_hub(history: list[Conversation]) -> None:
    kinds = Counter(activity["from"]["id"].split("-")[0] for conversation in history for activity in conversation)

    advisers = {bot["id"] for bot in ADVISERS.values()}
    assert set(kinds) == {"bot", "cust", "agent", "omnichannel", "pulse", *advisers}
    assert {_bot_of(conversation) for conversation in history} == BOT_NAMES
