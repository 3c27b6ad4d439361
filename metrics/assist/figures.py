"""What is counted of suggestions to agents in one group: whole numbers, divided last."""

from __future__ import annotations

from dataclasses import dataclass

from metrics.figures import JsonObject, Rate, Times


@dataclass(frozen=True, slots=True)
class AssistTotals:
    """Everything counted of one group of suggestions, and of the conversations that people served."""

    suggestions_shown: int = 0
    only_event: int = 0  # used, as the platform says
    only_words: int = 0  # used, as nothing but the agent's next message says
    both: int = 0
    exact: int = 0  # of the used those that the next message repeats word for word
    near: int = 0
    dismissed: int = 0
    ignored: int = 0
    num_conversations: int = 0  # with one of these suggestions
    served: int = 0
    served_with: int = 0
    time_to_use: Times = Times()

    @property
    def used(self) -> int:
        return self.only_event + self.only_words + self.both

    @property
    def suggestions_used(self) -> Rate:
        return Rate(self.used, self.suggestions_shown)

    @property
    def suggestions_used_by_event(self) -> Rate:
        return Rate(self.only_event + self.both, self.suggestions_shown)

    @property
    def suggestions_used_by_words(self) -> Rate:
        return Rate(self.only_words + self.both, self.suggestions_shown)

    @property
    def suggestions_dismissed(self) -> Rate:
        return Rate(self.dismissed, self.suggestions_shown)

    @property
    def suggestions_ignored(self) -> Rate:
        return Rate(self.ignored, self.suggestions_shown)

    @property
    def suggestion_reach(self) -> Rate:
        return Rate(self.served_with, self.served)

    def as_json(self) -> JsonObject:
        """As the command line prints it."""
        return (
            {"suggestions_shown": self.suggestions_shown, "conversations": self.num_conversations}
            | {key: getattr(self, key).as_json() for key in ASSIST_RATES}
            | {"only_event": self.only_event, "only_words": self.only_words, "both": self.both}
            | {"exact": self.exact, "near": self.near, "time_to_use": self.time_to_use.as_json()}
        )


ASSIST_RATES = (
    *("suggestions_used", "suggestions_used_by_event", "suggestions_used_by_words"),
    *("suggestions_dismissed", "suggestions_ignored", "suggestion_reach"),
)
