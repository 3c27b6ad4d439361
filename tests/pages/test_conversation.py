"""The Conversation page and what it shows: full, open, held for testing, hostile, joined, not there, none asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metrics.story.telling import Story, tell_story
from tests.conversation_rows import at
from tests.pages.conftest import Site, ask_and_escalate, ask_and_resolve, listed, talk
from tests.transcripts import wire

Opener = Callable[..., AppTest]

BEFORE_NOON = "2026-03-02T11:58:00Z"
ESCALATED = """
    10:00:00 system event startConversation {"msdyn_WorkstreamId": "Chat", "msdyn_queue": "BotQueue", "Tier": "gold"}
    10:00:01 system event queue.entered {"queue": "BotQueue"}
    10:00:02 bot: Hello, how can I help?
    10:00:10 customer: This is terrible, I want my money back
    10:00:11 bot typing
    10:00:12 trace UnknownIntent
    10:00:13 bot: Sorry, I did not understand that.
    10:01:00 bot event handoff.initiate {"BotHandoffTopic": "CreditCard"}
    10:01:01 system event queue.left {"queue": "BotQueue"}
    10:01:02 system event queue.entered {"queue": "CreditCardQueue"}
    10:02:02 system event handoff.status {"state": "accepted", "agent": {"id": "bea", "name": "Bea"}}
    10:02:10 agent Bea: I can help with that.
    10:02:20 customer: Thank you, that is excellent!
    10:05:00 system end completedSuccessfully
"""


def story_of(site: Site, conversation_id: str) -> Story:
    found = tell_story(site.wired.store, conversation_id)
    assert found is not None
    return found


def said(page: AppTest) -> str:
    """All words of the page that Streamlit draws."""
    parts = [*page.caption, *page.warning, *page.info, *page.markdown, *page.code]
    return "\n".join(part.value for part in parts)


def told(story: Story) -> list[str]:
    """The lines, short."""
    return [line.text or f"{line.name}, {line.title}" if line.shape != "event" else line.title for line in story.lines]


def test_story_tells_sessions_queues_escalation_and_messages_in_order(site: Site) -> None:
    site.load(wire(ESCALATED))

    story = story_of(site, "c1")

    assert [line for line in told(story) if line not in ("Typing",)] == [
        "Ada, bot",
        "Routing: workstream Chat, queue BotQueue",
        "Entered BotQueue",
        "Hello, how can I help?",
        "This is terrible, I want my money back",
        "The bot did not understand",
        "Sorry, I did not understand that.",
        "Escalation: a human was asked for",
        "Left BotQueue",
        "Entered CreditCardQueue",
        "Bea, agent",
        "Escalation accepted by Bea",
        "I can help with that.",
        "Thank you, that is excellent!",
        "Ended as completed",
    ]
    assert [line.title for line in story.lines if line.hidden] == ["Typing"]
    by_title = {line.title: line for line in story.lines}
    assert by_title["Escalation: a human was asked for"].facts == (("BotHandoffTopic", "CreditCard"),)
    assert ("Tier", "gold") in by_title["Routing: workstream Chat, queue BotQueue"].facts
    assert (by_title["Entered CreditCardQueue"].duration_ms, by_title["Entered CreditCardQueue"].end) == (60_000, "accepted")


def test_story_says_where_the_agent_took_over_and_how_long_that_took(site: Site) -> None:
    site.load(wire(ESCALATED))

    story = story_of(site, "c1")

    lines = {line.key: line for line in story.lines}
    assert lines[story.head.handoff].title == "Escalation: a human was asked for"
    assert [line.wait_ms for line in story.lines if line.shape == "session"] == [None, 62_000]
    assert [(stay.queue, stay.seconds, stay.end) for stay in story.stays] == [
        ("BotQueue", 1.0, "accepted"),
        ("CreditCardQueue", 60.0, "accepted"),
    ]


def test_agent_who_was_not_asked_for_is_where_the_handoff_is(site: Site) -> None:
    site.load(wire("10:00:00 customer: Hello\n10:00:01 bot: Hello\n10:00:05 agent Bea: Hello, Bea here"))

    story = story_of(site, "c1")

    assert {line.key: line for line in story.lines}[story.head.handoff].name == "Bea"


def test_stay_that_goes_on_has_no_end_and_one_that_ended_with_it_does(site: Site) -> None:
    said = """
        11:58:00 customer: A human
        11:58:01 bot event handoff.initiate {}
        11:58:02 system event queue.entered {"queue": "Cards"}
    """
    site.load(wire(said), wire(f"{said}\n11:59:02 bot end userCancelled", conversation="c2"))

    assert [(stay.seconds, stay.end) for stay in story_of(site, "c1").stays] == [(None, "open")]
    assert [(stay.seconds, stay.end) for stay in story_of(site, "c2").stays] == [(60.0, "abandoned")]


@pytest.mark.parametrize(("channel", "spoken"), [("telephony", True), ("Voice", True), ("webchat", False), ("", False)])
def test_what_comes_over_a_voice_channel_was_spoken(site: Site, channel: str, spoken: bool) -> None:
    site.load(talk("c1", BEFORE_NOON, ("customer", "Hello"), ("bot", "Hello."), channel=channel))

    assert story_of(site, "c1").head.is_voice is spoken


def test_variables_that_are_no_text_are_told_as_json(site: Site) -> None:
    context = '{"Tier": "gold", "Cards": {"count": 2}, "Known": true, "Nothing": null}'
    site.load(wire(f"11:58:00 customer: Hi\n11:58:01 bot event handoff.initiate {context}"))

    [line] = [line for line in story_of(site, "c1").lines if line.icon == "asked"]

    assert dict(line.facts) == {"Tier": "gold", "Cards": '{"count": 2}', "Known": "true", "Nothing": ""}


def test_deciding_activity_is_marked_and_named_by_the_head(site: Site) -> None:
    site.load(wire(ESCALATED))

    story = story_of(site, "c1")

    [deciding] = [line for line in story.lines if line.deciding]
    assert deciding.title == "Escalation accepted by Bea"
    assert story.head.deciding == deciding.key
    assert story.head.verdict.startswith("Counted as escalated because ")


def test_sentiment_is_that_of_explain(site: Site) -> None:
    from metrics.explain import explain

    site.load(wire(ESCALATED))

    story, explained = story_of(site, "c1"), explain(site.wired.store, "c1")

    assert explained is not None
    scored = [row for row in explained["messages"] if row["score"] is not None]
    assert [(mood.own.value, mood.after.value) for mood in story.moods] == [
        (row["score"], row["sentiment_after"]) for row in scored
    ]
    assert story.head.sentiment is not None
    assert story.head.sentiment.value == explained["sentiment"]["value"] == story.moods[-1].after.value


@pytest.mark.parametrize(
    ("conversation", "verdict", "counted"),
    [
        (ask_and_resolve, "Counted as resolved (implied) because the bot ended it as completed", "Resolved, implied"),
        (ask_and_escalate, "Counted as escalated because", "Escalation time"),
    ],
)
def test_verdict_says_why_and_what_it_counts_in(site: Site, conversation: Any, verdict: str, counted: str) -> None:
    site.load(conversation("c1", "2026-03-01T09:00Z"))

    story = story_of(site, "c1")

    assert story.head.verdict.startswith(verdict)
    assert counted in story.counted_in
    assert "Abandonment rate" in story.shared_by
    assert not {*story.counted_in} & {*story.shared_by}


def test_resolution_counts_as_durable_or_as_repeat_contact_once_it_is_old_enough(site: Site) -> None:
    lasting, back = ask_and_resolve("c1", "2026-03-01T09:00Z"), ask_and_resolve("c2", "2026-03-01T09:00Z")
    again = ask_and_resolve("c3", "2026-03-03T09:00Z")
    for each in again:
        if each["from"]["role"] == "user":
            each["from"] = {**each["from"], "id": "customer-of-c2"}
    site.load(lasting, back, again)
    day = 86_400_000

    def told(name: str, days: float) -> tuple[set[str], set[str]]:
        story = tell_story(site.wired.store, name, now_ms=at("2026-03-01T09:02Z") + round(days * day))
        assert story is not None
        kinds = ("Durable resolution, 3 days", "Repeat contact, 3 days")
        return {*story.counted_in} & {*kinds}, {*story.shared_by} & {*kinds}

    assert told("c1", 4) == ({"Durable resolution, 3 days"}, {"Repeat contact, 3 days"})
    assert told("c2", 4) == ({"Repeat contact, 3 days"}, {"Durable resolution, 3 days"})
    assert told("c1", 1) == told("c2", 1) == (set(), set())  # too young to tell


def test_escalation_nobody_accepted_says_so(site: Site) -> None:
    site.load(ask_and_escalate("c1", "2026-03-01T09:00Z"))

    assert story_of(site, "c1").head.verdict.endswith("No agent accepted it.")


def test_page_shows_a_closed_conversation(site: Site, open_page: Opener) -> None:
    site.load(wire(ESCALATED))

    page = open_page("conversation", conversation="c1")

    assert "Escalation rate" in said(page)
    sessions, stays, participants = (frame.value for frame in page.dataframe)
    assert list(sessions["who"]) == ["Ada, bot", "Bea, agent"]
    assert list(sessions["end"]) == ["escalation", "end"]
    assert stays.values.tolist() == [
        ["BotQueue", "1\u202fs", "bot took it"],
        ["CreditCardQueue", "1\u202fmin", "accepted"],
    ]
    assert [item.value for item in page.text][-5:] == [
        "gold",
        "CreditCard",
        "Chat",
        "CreditCardQueue",
        "Bea after 1\u202fmin 2\u202fs",
    ]
    assert "No routing configuration is known" in said(page)
    assert {*participants["name"]} >= {"Ada", "Ann", "Bea"}
    assert page.get("plotly_chart")
    assert not page.warning


def test_page_shows_an_open_conversation_without_an_outcome(site: Site, open_page: Opener) -> None:
    site.load(talk("c1", BEFORE_NOON, ("customer", "Hello"), ("bot", "Hello. What is it about?")))

    page = open_page("conversation", conversation="c1")

    assert "Counts in: Bot conversations." in said(page)
    assert story_of(site, "c1").head.verdict == "It is still open, so it has no outcome yet."


def test_conversation_due_to_close_is_closed_before_it_is_shown(site: Site, open_page: Opener) -> None:
    site.load(talk("c1", "2026-03-02T09:00Z", ("customer", "Hello"), ("bot", "It is open from nine to five.")))

    open_page("conversation", conversation="c1")

    assert story_of(site, "c1").head.outcome == "resolved"


def test_conversation_held_for_testing_counts_in_nothing(site: Site, open_page: Opener) -> None:
    site.load(talk("c1", "2026-03-01T09:00Z", ("customer", "Hello"), ("bot", "Hello."), channel="pva-studio"))

    page = open_page("conversation", conversation="c1")

    assert "because it was held for testing" in said(page)
    assert "held for testing" in story_of(site, "c1").head.verdict


def test_people_only_has_no_outcome(site: Site, open_page: Opener) -> None:
    site.load(wire("10:00:00 customer: Hello\n10:00:05 agent Bea: Hello, Bea here"))

    page = open_page("conversation", conversation="c1")

    assert "Counts in: Handle time (human sessions)" in said(page)
    assert story_of(site, "c1").head.verdict.startswith("No bot took part")


def test_unknown_id_says_so_and_offers_the_list(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("c1", "2026-03-01T09:00Z"))

    page = open_page("conversation", conversation="**nobody**")

    assert [warning.value for warning in page.warning] and "Sources page" in page.warning[0].value
    assert "**nobody**" in [code.value for code in page.code]  # as text
    assert page.text_input


def test_without_an_id_one_is_found_by_name_or_id(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("c1", "2026-03-01T09:00Z"), ask_and_resolve("c2", "2026-03-01T10:00Z"))

    page = open_page("conversation")
    page.text_input(key="conversation_text").set_value("c2").run()

    assert not page.exception
    assert page.query_params["conversation"] == "c2"


def test_empty_database_says_what_to_do(site: Site, open_page: Opener) -> None:
    page = open_page("conversation")

    assert "Conversations appear here" in said(page)


def test_recent_list_is_short_newest_first_and_narrowed_by_name(site: Site, open_page: Opener) -> None:
    for number in range(12):
        site.load(ask_and_resolve(f"c{number:02}", f"2026-03-01T{number:02}:00Z"))
    page = open_page("conversation")

    assert listed(page) == [f"c{number:02}" for number in range(11, 1, -1)]
    assert page.button(key="open_all").label == "All 12 conversations"

    page.text_input(key="conversation_text").set_value("OF-C02").run()
    assert listed(page) == []
    page.text_input(key="conversation_text").set_value("customer-of-c02").run()
    assert listed(page) == ["c02"]
    page.text_input(key="conversation_text").set_value("%").run()
    assert "no customer's id or part of a name" in said(page)


def test_the_way_to_all_of_a_customer(site: Site, open_page: Opener) -> None:
    site.load(ask_and_resolve("c1", "2026-03-01T09:00Z"), ask_and_resolve("c2", "2026-03-01T10:00Z"))
    page = open_page("conversation", conversation="c1")

    page.button(key="of_customer").click().run()

    assert not page.exception
    assert listed(page) == ["c1"]
    assert page.text_input(key="customer").value == "customer-of-c1"


def test_conversations_with_words_of_the_customer_lead_the_list(site: Site, open_page: Opener) -> None:
    for number in range(6):
        said = (("customer", "Hello"), ("bot", "Hello")) if number % 2 else (("bot", "Hello"),)
        site.load(talk(f"c{number}", f"2026-03-01T0{number}:00Z", *said))

    assert listed(open_page("conversation")) == ["c5", "c3", "c1", "c4", "c2", "c0"]


def test_joined_ids_open_the_same_conversation(site: Site, open_page: Opener) -> None:
    bot_part = wire(
        '10:00:00 customer: Hello\n10:00:01 bot: Hello\n10:00:02 system event startConversation {"msdyn_liveworkitemid": "w1"}'
    )
    site.load(bot_part, wire("10:05:00 customer: Anybody?\n10:05:05 agent Bea: Yes", conversation="w1"))

    assert {story_of(site, name).key for name in ("c1", "w1")} == {story_of(site, "w1").key}
    assert "Bea, agent" in list(open_page("conversation", conversation="c1").dataframe[0].value["who"])


def test_hostile_text_stays_text_of_a_bearable_length(site: Site, open_page: Opener) -> None:
    hostile = [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1)) ![](http://x/y)",
        "nul\x00\x1b[31m",
        "\u202egnorw",
        "x" * 300_000,
    ]
    sent = talk("<b>c1</b>", BEFORE_NOON, *(("customer", text) for text in hostile), ("bot", "Well."))
    for item in sent:
        item["from"] = item["from"] | {"name": "<img src=x onerror=alert(1)> **bold** :red[x] $x$"}
    site.load(sent)

    page = open_page("conversation", conversation="<b>c1</b>")
    story = story_of(site, "<b>c1</b>")

    texts = [line.text for line in story.lines if line.role == "customer" and line.shape == "message"]
    assert texts[:2] == hostile[:2]
    assert texts[2] == "nul\ufffd␛[31m"
    assert texts[3] == hostile[3]
    assert (len(texts[4]), story.lines[-2].num_cut) == (200_000, 100_000)
    assert "onerror" not in "".join(part.value for part in [*page.markdown, *page.caption])


def test_very_long_conversation_is_shown_from_its_newest_lines(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("metrics.story.telling.MAX_LINES", 2)
    site.load(ask_and_resolve("c1", "2026-03-01T09:00Z"))

    story = story_of(site, "c1")

    assert (len(story.lines), story.head.num_left_out) == (2, 2)
    assert story.lines[-1].title == "Ended as completed"
