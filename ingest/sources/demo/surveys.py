"""The question how it was: by the bot or the platform within the conversation, or behind an agent by a bot that only asks.

The answer follows the mood, if it comes, and some customers write why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.sources.demo.scene import Scene
from ingest.sources.demo.wire import Json

SURVEYOR: Json = {"id": "pulse", "name": "Pulse", "role": "bot"}
ASKED = 0.65
ANSWERS, ANSWERS_SURVEYOR = 0.35, 0.5
COMMENTS = 0.25


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of survey: its answers, and what a customer of middling mood gives, moved by the mood and by chance."""

    name: str
    least: int
    most: int
    middle: float
    by_mood: float
    by_chance: float

    @property
    def choices(self) -> tuple[str, ...]:
        """What is offered."""
        return tuple(str(answer) for answer in range(self.least, self.most + 1))


CSAT = Question("CSAT", 1, 5, 3.4, 0.75, 0.7)
NPS = Question("NPS", 0, 10, 7.3, 1.5, 1.4)
CES = Question("CES", 1, 7, 4.9, 0.9, 0.9)
# How often a survey bot asks what: behind an escalation, and where no other bot was.
BEHIND_ESCALATION: Mapping[Question, int] = {NPS: 3, CES: 2}
BEHIND_PEOPLE: Mapping[Question, int] = {CSAT: 5, NPS: 3, CES: 2}


def ask_rating(scene: Scene, *, sender: Json | None = None) -> None:
    """Ask two thirds for a rating, the bot or `sender`; about a third of those answer, and are thanked."""
    if scene.chance(ASKED):
        sender = sender or scene.tape.bot_account
        if _ask(scene, CSAT, sender, answers=ANSWERS):
            scene.tape.wait(0.8)
            scene.tape.bot_says(scene.pick(scene.book.rated), sender=sender)


def ask_as_surveyor(scene: Scene, questions: Mapping[Question, int]) -> None:
    """The survey bot comes in behind the agent, with one of these questions."""
    scene.tape.wait(5)
    [question] = scene.rng.choices(list(questions), weights=list(questions.values()))
    _ask(scene, question, SURVEYOR, answers=ANSWERS_SURVEYOR)


def _ask(scene: Scene, question: Question, sender: Json, *, answers: float) -> bool:
    """Ask; whether there was an answer."""
    tape, kind = scene.tape, f"{question.name}Survey"
    tape.trace(f"{kind}Request", {"type": f"{kind}Request"}, sender=sender)
    tape.wait(1.2)
    lines = {CSAT: scene.book.rate_us, NPS: scene.book.recommend_us, CES: scene.book.was_easy}[question]
    tape.bot_says(scene.pick(lines), asks=True, choices=question.choices, sender=sender)
    if not scene.chance(answers):
        return False
    meant = question.middle + question.by_mood * scene.mood + scene.rng.gauss(0, question.by_chance)
    answer = max(question.least, min(question.most, round(meant)))
    scene.customer_thinks(0.5)
    tape.customer_says(str(answer))
    response: Json = {"type": f"{kind}Response", "response": str(answer)}
    if scene.chance(COMMENTS):
        response["comment"] = scene.pick(scene.book.comments[_liked(question, answer)])
    tape.trace(f"{kind}Response", response, sender=sender)
    return True


def _liked(question: Question, answer: int) -> int:
    """Whether it was a bad answer (−1), a good one (1) or neither."""
    place = (answer - question.least) / (question.most - question.least)
    return 1 if place >= 0.75 else -1 if place <= 0.5 else 0
