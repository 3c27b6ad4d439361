"""Suggestions to agents: which they are, what became of each, and what tells it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from metrics.assist.deriving import KEPT_LETTERS, repeats
from store.assist.records import Repeat, Suggestion
from store.records import Role
from tests.transcripts import derive, ms, sessions, told

PRIVATE = '| {"channelData": {"tags": "private"}}'
BEGUN = """
    10:00:00 customer: I was charged twice
    10:01:00 agent Bea: Hello, let me look.
"""
SHOWN = f"10:02:00 #s1 bot Sage: The second charge of 40 is cancelled by Friday. {PRIVATE}\n"
SAME = "10:02:30 agent Bea: The second charge of 40 is cancelled by Friday.\n"
OTHER = "10:02:30 agent Bea: I am asking a colleague.\n"
BYE = "10:05:00 end completedSuccessfully\n"


def suggestions(text: str, **options: Any) -> list[Suggestion]:
    derived = derive(text, **options)
    assert len(derived.conversations) == 1
    return [item for found in derived.suggestions.values() for item in found]


def event(name: str, of: str = '{"suggestionId": "s1"}', at: str = "10:02:20") -> str:
    return f"{at} system event {name} {of}\n"


def test_private_message_of_a_bot_while_an_agent_has_the_conversation_is_one() -> None:
    [found] = suggestions(BEGUN + SHOWN + OTHER + BYE)

    assert (found.number, found.activity_id, found.bot, found.agent) == (1, "s1", "Sage", "Bea")
    assert (found.shown_ms, found.ended_ms, found.session) == (ms("10:02:00"), ms("10:05:00"), 1)
    assert found.text == "The second charge of 40 is cancelled by Friday."
    assert (found.fate, found.evidence, found.repeat, found.used_ms) == ("ignored", "", "", None)


@pytest.mark.parametrize(
    "text",
    [
        "10:00:00 customer: hi\n" + SHOWN + "10:03:00 customer: hello?\n",
        "10:00:00 customer: hi\n10:00:02 bot Ada: Hello.\n" + SHOWN,
        "10:00:00 customer: hi\n10:00:02 bot Ada: Hello.\n10:00:10 event handoff.initiate\n" + SHOWN,
        BEGUN + "10:02:00 bot Sage: Hello, I am Sage.\n",
        BEGUN + f"10:02:00 agent Cem: Ask for a receipt. {PRIVATE}\n",
        BEGUN + SHOWN + '10:02:10 #s1 bot Sage: x | {"type": "messageDelete"}\n',
        BEGUN + BYE + f"10:20:00 bot Sage: The second charge. {PRIVATE}\n",
    ],
    ids=["nobody has it", "a bot has it", "it waits", "not private", "an agent's note", "removed", "after the end"],
)
def test_anything_else_is_none(text: str) -> None:
    assert suggestions(text) == []


def test_suggestion_before_the_agents_first_word_counts_once_the_agent_has_accepted() -> None:
    text = """
        10:00:00 customer: hi
        10:00:02 bot Ada: Hello.
        10:00:10 bot Ada event handoff.initiate
        10:00:12 system event queue.entered {"queue": "Cards"}
        10:01:00 system event handoff.status {"state": "accepted", "agent": {"id": "bea", "name": "Bea"}}
    """

    [found] = suggestions(text + SHOWN + SAME + BYE)

    assert (found.agent, found.queue, found.session, found.fate) == ("Bea", "Cards", 2, "used")


@pytest.mark.parametrize(
    ("said", "fate", "evidence", "repeat", "seconds"),
    [
        (SAME, "used", "words", "exact", 30),
        (OTHER, "ignored", "", "", None),
        (event("suggestion.sent") + OTHER, "used", "event", "", 20),
        (event("suggestion.sent") + SAME, "used", "both", "exact", 20),
        (event("suggestion.copied", at="10:02:40") + SAME, "used", "both", "exact", 30),
        (event("suggestion.dismissed") + OTHER, "dismissed", "", "", None),
        (event("suggestion.dismissed") + SAME, "dismissed", "", "exact", None),
        (event("suggestion.used") + event("suggestion.closed", at="10:02:25") + OTHER, "used", "event", "", 20),
        (event("suggestion.dismissed") + event("suggestion.used", at="10:03:00"), "used", "event", "", 60),
        (event("suggestion.used", of='{"suggestionId": "other"}') + OTHER, "ignored", "", "", None),
        (event("suggestion.used", of="{}") + OTHER, "ignored", "", "", None),
        (event("suggestion.used", at="10:01:59") + OTHER, "used", "event", "", None),
    ],
    ids=[
        *("words", "neither", "event", "event, then the words", "the words, then the event", "dismissed", "dismissed, but said"),
        *("used, then closed", "dismissed, then used", "of another", "of none", "before it was shown"),
    ],
)
def test_event_beats_the_words_and_both_stay_apart(said: str, fate: str, evidence: str, repeat: str, seconds: int | None) -> None:
    [found] = suggestions(BEGUN + SHOWN + said + BYE)

    assert (found.fate, found.evidence, found.repeat) == (fate, evidence, repeat)
    assert found.use_ms == (None if seconds is None else seconds * 1000)


@pytest.mark.parametrize("verb", ["used", "sent", "copied", "inserted", "accepted", "edited"])
@pytest.mark.parametrize("name", ["suggestion.{}", "Suggestion{}", "smartassist.suggestion.{}", "SmartAssist_{}"])
def test_events_of_use_are_known_by_their_last_word(verb: str, name: str) -> None:
    [found] = suggestions(BEGUN + SHOWN + event(name.format(verb)) + BYE)

    assert (found.fate, found.event) == ("used", verb)


@pytest.mark.parametrize("verb", ["dismissed", "rejected", "declined", "closed"])
def test_events_of_dismissal_are_known_by_their_last_word(verb: str) -> None:
    [found] = suggestions(BEGUN + SHOWN + event(f"suggestion.{verb}") + BYE)

    assert (found.fate, found.event) == ("dismissed", verb)


@pytest.mark.parametrize("name", ["suggestion.shown", "suggestions", "used", "mysuggestion.used", "smartassist.started"])
def test_other_events_say_nothing(name: str) -> None:
    [found] = suggestions(BEGUN + SHOWN + event(name) + BYE)

    assert (found.fate, found.event) == ("ignored", "")


@pytest.mark.parametrize(
    "more",
    ['{"activityId": "s1"}', '{"replyToId": "s1"}', '{"id": "s1"}', '"s1"', '{} | {"replyToId": "s1"}'],
)
def test_event_names_the_suggestion_in_any_usual_way(more: str) -> None:
    [found] = suggestions(BEGUN + SHOWN + event("suggestion.used", of=more) + BYE)

    assert found.fate == "used"


def test_only_the_agents_next_message_counts_as_repeating_it() -> None:
    [found] = suggestions(BEGUN + SHOWN + OTHER + SAME.replace("10:02:30", "10:02:50") + BYE)

    assert (found.fate, found.repeat) == ("ignored", "")


def test_message_of_the_next_agent_repeats_nothing() -> None:
    [found] = suggestions(BEGUN + SHOWN + SAME.replace("Bea", "Cem") + BYE)

    assert (found.agent, found.fate) == ("Bea", "ignored")


def test_of_several_shown_before_one_message_it_repeats_the_one_it_is_most_like() -> None:
    also = f"10:02:05 #s2 bot Sage: Your card is blocked and a new one is on its way. {PRIVATE}\n"
    again = SHOWN.replace("10:02:00 #s1", "10:02:10 #s3")

    found = suggestions(BEGUN + SHOWN + also + again + SAME + BYE)

    assert [(item.activity_id, item.fate) for item in found] == [("s1", "ignored"), ("s2", "ignored"), ("s3", "used")]


def test_while_the_conversation_goes_on_nothing_is_decided() -> None:
    [found] = suggestions(BEGUN + SHOWN, now="10:03:00")

    assert (found.fate, found.ended_ms) == ("open", None)


def test_of_a_long_one_its_beginning_is_kept() -> None:
    [found] = suggestions(BEGUN + f"10:02:00 bot Sage: {'wort ' * 300} {PRIVATE}\n" + BYE)

    assert len(found.text) == KEPT_LETTERS


def test_card_is_known_by_its_words() -> None:
    body = '[{"type": "TextBlock", "text": "Suggested reply"}, {"type": "TextBlock", "text": "It is cancelled by Friday."}]'
    card = f'{{"contentType": "application/vnd.microsoft.card.adaptive", "content": {{"body": {body}}}}}'
    shown = f'10:02:00 #s1 bot Sage: x | {{"channelData": {{"tags": "private"}}, "text": "", "attachments": [{card}]}}\n'

    [found] = suggestions(BEGUN + shown + "10:02:30 agent Bea: It is cancelled by Friday!\n" + BYE)

    assert (found.text, found.repeat) == ("Suggested reply\nIt is cancelled by Friday.", "exact")


@pytest.mark.parametrize(
    ("suggested", "said", "repeat"),
    [
        ("I've lifted the block.", "I’ve lifted the block", "exact"),
        ("Suggested: I've lifted the block.", "I've lifted the block.", "exact"),
        ("Answer\nThe limit is 500 a day.", "the limit is 500 a day", "exact"),
        ("Sí, mañana llega la tarjeta.", "Si manana llega la tarjeta", "exact"),
        ("The limit is 500 a day.", "Hi Ann. The limit is 500 a day. Anything else?", "near"),
        ("The daily limit is 500 at machines.", "At machines the daily limit is 300.", "near"),
        ("I have lifted the block on your card.", "Your card is on its way to you.", ""),
        ("Of course.", "Of course, one moment.", ""),
        ("Yes", "Yes.", "exact"),
        ("…", "…", ""),
        ("The limit is 500 a day.", "", ""),
    ],
)
def test_message_repeats_a_suggestion_exactly_nearly_or_not(suggested: str, said: str, repeat: str) -> None:
    assert repeats(suggested, said)[0] == repeat


WORDS = ("card", "block", "limit", "friday", "refund", "mail")


@pytest.mark.parametrize("length", [3, 4, 5])
def test_nearly_is_three_fifths_of_the_words_of_either(length: int) -> None:
    """Counted word by word, for every choice of words from six."""
    suggested = WORDS[:length]
    for keep in product((False, True), repeat=len(WORDS)):
        said = [word for word, kept in zip(WORDS, keep, strict=True) if kept]
        both = sum(word in suggested for word in said)
        either = length + sum(word not in suggested for word in said)
        # In reverse order, so that neither is the other word for word.
        found = repeats(" ".join(suggested), " ".join(reversed(said)))[0]

        assert (found is Repeat.NEAR) == (both >= 3 and both / either >= 0.6), said


def test_bot_that_only_advises_is_never_met_by_the_customer() -> None:
    """Whatever else it sends, such as typing, or that it joined, comes before the agent's first word."""
    text = f"""
        10:00:00 customer: hi
        10:00:01 bot Sage conversationUpdate
        10:00:02 bot Sage typing
        10:00:03 bot Sage: Ask for the card's last digits. {PRIVATE}
        10:00:09 bot Sage event suggestion.used {{"suggestionId": "4"}}
        10:01:00 agent Bea: Which digits does the card end with?
    """

    found = told(text)

    assert (found.bot_use, found.is_bot, found.invoked_ms, found.outcome) == ("assist", False, None, None)
    assert [session.handler for session in sessions(text)] == [Role.AGENT]


# A reckoning of its own, of the text of a transcript: no code of the product is asked.
PIECES = {
    "ask": "customer: and now?",
    "say": "agent Bea: I am asking a colleague.",
    "repeat": "agent Bea: the SECOND charge of 40 is cancelled, by Friday",
    "suggest": f"bot Sage: The second charge of 40 is cancelled by Friday. {PRIVATE}",
    "sent": 'system event suggestion.sent {"suggestionId": "LAST"}',
    "dismissed": 'system event suggestion.dismissed {"suggestionId": "LAST"}',
}


def reckoned(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Fate and evidence of each suggestion, by going through the pieces again for each."""
    found = []
    for place, name in enumerate(names):
        if name != "suggest":
            continue
        rest = names[place + 1 :]
        own = rest[: rest.index("suggest")] if "suggest" in rest else rest  # events name the latest one
        says = [each for each in rest if each in ("say", "repeat")]
        first = rest.index(says[0]) if says else 0
        # A later suggestion with the same words, shown before that message, is the one that it repeats.
        is_said = bool(says) and says[0] == "repeat" and "suggest" not in rest[:first]
        if "sent" in own:
            found.append(("used", "both" if is_said else "event"))
        elif "dismissed" in own:
            found.append(("dismissed", ""))
        else:
            found.append(("used", "words") if is_said else ("ignored", ""))
    return found


def test_fates_are_those_of_a_reckoning_of_its_own() -> None:
    """Of every way in which three of six things can follow a suggestion."""
    for rest in product(PIECES, repeat=3):
        names = ("suggest", *rest)
        lines, last = ["10:00:00 customer: I was charged twice", "10:01:00 agent Bea: Hello."], "none"
        for number, name in enumerate(names):
            last = f"p{number}" if name == "suggest" else last
            lines.append(f"10:02:{number:02} #p{number} {PIECES[name].replace('LAST', last)}")

        found = suggestions("\n".join([*lines, "10:09:00 end completedSuccessfully"]))

        assert [(item.fate, item.evidence) for item in found] == reckoned(names), names
