"""Smart assist on the simulated floor: what a bot suggests to an agent, and what the agent makes of it.

By throws of its own, so that what customers and bots say stays as it is. An agent who uses a suggestion answers sooner.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ingest.sources.demo.dice import dice
from ingest.sources.demo.scene import Scene
from ingest.sources.demo.wire import Json

# One for each handoff topic.
ADVISERS: dict[str, Json] = {
    "CreditCard": {"id": "sage", "name": "Sage", "role": "bot"},
    "HomeLoan": {"id": "scout", "name": "Scout", "role": "bot"},
}
SUGGESTS = 0.85  # of the answers in a conversation that is advised
RELIES_LEAST, RELIES_MOST = 0.3, 0.75  # how often agents take what is suggested
REWRITES = 0.05  # copied, and then said in the agent's own words
QUICKER = 0.4  # of the time that an answer takes them otherwise
CARD = "application/vnd.microsoft.card.adaptive"


class Advice:
    """A bot beside the agents of one conversation, or nobody."""

    def __init__(self, scene: Scene, *, is_on: bool) -> None:
        self._scene, self._is_on = scene, is_on
        self._rng: Random = dice(scene.plan.seed, "advice")
        self._bot = ADVISERS[scene.topic.handoff]

    def answer(self, account: Json, text: str, seconds: float, others: Sequence[str]) -> None:
        """The agent says `text` after so long, if nothing is suggested; of the `others` one may be suggested in its place."""
        tape, rng = self._scene.tape, self._rng
        if not self._is_on or rng.random() >= SUGGESTS:
            tape.wait(seconds)
            tape.person_says(account, text)
            return
        if rng.random() < REWRITES:
            self._rewritten(account, text, seconds, others)
            return
        relies = dice("relies", account["id"]).uniform(RELIES_LEAST, RELIES_MOST)
        if rng.random() < relies:
            self._used(account, text, seconds * QUICKER)
        else:
            self._unused(account, text, seconds, others)

    def _used(self, account: Json, text: str, seconds: float) -> None:
        """As it is or with a word of the agent's own; the desktop tells of it, or only the words do."""
        tape, rng = self._scene.tape, self._rng
        shown = self._suggest(text, seconds)
        said = text if rng.random() < 0.7 else f"{self._scene.slots['first']}, {text[0].lower()}{text[1:]}"
        tells = rng.random() < 0.6
        if tells and said != text:
            tape.event("suggestion.copied", {"suggestionId": shown["id"]})
            tape.wait(3 + 6 * rng.random())
        tape.person_says(account, said)
        if tells and said == text:
            tape.event("suggestion.sent", {"suggestionId": shown["id"]})

    def _rewritten(self, account: Json, text: str, seconds: float, others: Sequence[str]) -> None:
        """Only the desktop tells of it: the words are the agent's own."""
        tape, rng = self._scene.tape, self._rng
        shown = self._suggest(rng.choice(self._fitting(text, others)), seconds / 2)
        tape.event("suggestion.copied", {"suggestionId": shown["id"]})
        tape.wait(seconds / 2)
        tape.person_says(account, text)

    def _fitting(self, text: str, others: Sequence[str]) -> list[str]:
        """What might be said in place of `text`."""
        lines = [line.format_map(self._scene.slots) for line in others]
        return [line for line in lines if line != text] or [self._scene.book.agent_looks[0]]

    def _unused(self, account: Json, text: str, seconds: float, others: Sequence[str]) -> None:
        """Put aside, or left alone."""
        tape, rng = self._scene.tape, self._rng
        shown = self._suggest(rng.choice(self._fitting(text, others)), seconds / 2)
        if rng.random() < 0.45:
            tape.event("suggestion.dismissed", {"suggestionId": shown["id"]})
        tape.wait(seconds / 2)
        tape.person_says(account, text)

    def _suggest(self, text: str, seconds: float) -> Json:
        """What only the agent sees; it comes some seconds after the customer's message, and is read for the rest of the time."""
        tape = self._scene.tape
        delay = min(1.5 + 2 * self._rng.random(), seconds / 3)
        tape.wait(delay)
        look: Json = {"text": f"Suggested: {text}"}
        if self._bot["id"] == "scout":
            body = [{"type": "TextBlock", "text": "Suggested reply"}, {"type": "TextBlock", "text": text, "wrap": True}]
            look = {"attachments": [{"contentType": CARD, "content": {"type": "AdaptiveCard", "body": body}}]}
        shown = tape.write("message", self._bot, locale=tape.locale, channelData={"tags": "private"}, **look)
        tape.wait(seconds - delay)
        return shown


def advice_on(scene: Scene, share: float) -> Advice:
    """Whether agents are advised: on so many conversations, and never on the phone."""
    is_on = dice(scene.plan.seed, "advised").random() < share and not scene.tape.is_voice
    return Advice(scene, is_on=is_on)
