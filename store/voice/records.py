"""What was spoken in a call, in whole milliseconds, as it is stored; and over which channels people speak."""

from __future__ import annotations

from dataclasses import dataclass

# Over these people speak; what is shown is what was heard. In small letters.
VOICE_CHANNELS = frozenset({"conversationconductor", "directlinespeech", "phone", "telephony", "voice"})


@dataclass(slots=True)
class Speech:
    """The speech of one conversation: only where its source says when something was spoken and for how long.

    Its span runs from the first word to the last. Of each moment in it somebody speaks, or it is hold or wait, or it is silence.
    """

    ended_ms: int | None  # of the conversation
    agent: str  # the agent who had it last; "" where none did, or nothing names them
    queue: str  # where people were to answer; else that of the bot
    span_ms: int
    spoken_ms: int  # somebody speaks, whoever
    customer_ms: int
    bot_ms: int
    agent_ms: int
    overlap_ms: int  # two of them at once
    silence_ms: int
    longest_silence_ms: int
    hold_ms: int
    num_holds: int
    num_utterances: int
    customer_words: int
    bot_words: int
    agent_words: int
