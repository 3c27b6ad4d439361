"""The question how it was, which two thirds are asked and about a third of those answer."""

from __future__ import annotations

from ingest.sources.demo.scene import Scene
from ingest.sources.demo.wire import Json

ASKED = 0.65
ANSWERS = 0.35
RATINGS = ("1", "2", "3", "4", "5")


def ask_rating(scene: Scene, *, sender: Json | None = None) -> None:
    """Ask for a rating, the bot or `sender`; it follows the mood, if it comes."""
    if not scene.chance(ASKED):
        return
    sender = sender or scene.tape.bot_account
    scene.tape.trace("CSATSurveyRequest", {"type": "CSATSurveyRequest"}, sender=sender)
    scene.tape.wait(1.2)
    scene.tape.bot_says(scene.pick(scene.book.rate_us), asks=True, choices=RATINGS, sender=sender)
    if not scene.chance(ANSWERS):
        return
    rating = str(max(1, min(5, round(3.4 + 0.75 * scene.mood + scene.rng.gauss(0, 0.7)))))
    scene.customer_thinks(0.5)
    scene.tape.customer_says(rating)
    scene.tape.trace("CSATSurveyResponse", {"type": "CSATSurveyResponse", "response": rating}, sender=sender)
    scene.tape.wait(0.8)
    scene.tape.bot_says(scene.pick(scene.book.rated), sender=sender)
