"""The question how it was, which two thirds are asked and about a third of those answer."""

from __future__ import annotations

from ingest.sources.demo.scene import Scene

ASKED = 0.65
ANSWERS = 0.35
RATINGS = ("1", "2", "3", "4", "5")


def ask_rating(scene: Scene) -> None:
    """Ask for a rating; it follows the mood, if it comes."""
    if not scene.chance(ASKED):
        return
    scene.tape.trace("CSATSurveyRequest", {"type": "CSATSurveyRequest"})
    scene.bot(scene.book.rate_us, asks=True, choices=RATINGS)
    if not scene.chance(ANSWERS):
        return
    rating = str(max(1, min(5, round(3.4 + 0.75 * scene.mood + scene.rng.gauss(0, 0.7)))))
    scene.customer_thinks(0.5)
    scene.tape.customer_says(rating)
    scene.tape.trace("CSATSurveyResponse", {"type": "CSATSurveyResponse", "response": rating})
    scene.bot(scene.book.rated)
