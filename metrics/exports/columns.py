"""The data dictionary: every column of every export, what type it has and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What a column's values are."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"  # true | false
    TIME = "time"  # ISO 8601, UTC, milliseconds


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export. `field` is what it is made of: the stored name, in the stored unit.

    What `repeats` has few different values, or the same ones in row after row: such neighbours are read together.
    """

    name: str
    type: Type
    unit: str
    description: str
    field: str
    repeats: bool = False


def _text(name: str, description: str, field: str = "") -> Column:
    """Text of which there are few different ones: names, words of a rule."""
    return Column(name, Type.TEXT, "", description, field or name, repeats=True)


def _own_text(name: str, description: str) -> Column:
    """Text that is another one in almost every row."""
    return Column(name, Type.TEXT, "", description, name)


def _time(name: str, description: str, field: str) -> Column:
    return Column(name, Type.TIME, "UTC", description, field)


def _flag(name: str, description: str) -> Column:
    return Column(name, Type.BOOLEAN, "", description, name, repeats=True)


def _count(name: str, description: str, unit: str = "") -> Column:
    return Column(name, Type.INTEGER, unit, description, name, repeats=True)


def _seconds(name: str, description: str, field: str) -> Column:
    return Column(name, Type.NUMBER, "seconds", description, field)


def _score(name: str, description: str, field: str, unit: str = "polarity, −1…1") -> Column:
    return Column(name, Type.NUMBER, unit, description, field, repeats=True)


CONVERSATION_ID = _text("conversation_id", "The conversation, as pages show it; unique within its source.")
SOURCE = _text("source", "The source it came from.")

CONVERSATIONS = (
    CONVERSATION_ID,
    SOURCE,
    _text("channel", "The channel it ran over."),
    _text("workstream", "The routing set-up it ran under; empty where unknown."),
    _text("bot", "The bot the conversation is counted for: that of the deciding session."),
    _text("bot_id", "The bot's id as the source gives it."),
    _text("queue", "The queue of the deciding bot session."),
    _text("escalation_queue", "The queue the customer was handed to."),
    _text("topic", "The last topic that was not a system topic."),
    _text("customer_id", "The customer's id within the source; empty where unknown."),
    _text("customer_name", "The customer's name, as on their latest activity."),
    _text("language", "The language the customer wrote in, ISO 639-1."),
    _flag("is_bot", "Whether it is a bot conversation; only these are counted in bots' metrics."),
    _flag("is_test", "Whether it is a test; a test in which a bot took part has an outcome, but is_bot is false."),
    _text("state", "with_bot, waiting, with_agent, wrap_up or closed."),
    _time("started_at", "Its first activity.", "started_ms"),
    _time("last_activity_at", "Its last activity.", "last_ms"),
    _time("ended_at", "Its end; the period it counts in. Empty while open.", "ended_ms"),
    _text("closed_by", "end where something said so, idle where the time-out closed it; empty while open."),
    _text("outcome", "escalated, resolved, abandoned or other; empty while open, and where only people spoke."),
    _text("resolution", "confirmed, implied or assumed; empty unless resolved."),
    _text("reason", "Why it has this outcome."),
    _seconds("bot_seconds", "Duration of the deciding bot session, to the request for a human where there was one.", "bot_ms"),
    _time("escalated_at", "The earliest request for a human.", "escalated_ms"),
    _time("accepted_at", "When a human accepted.", "accepted_ms"),
    _seconds("wait_seconds", "From the request for a human to an agent's acceptance; empty where there was none.", "wait_ms"),
    _flag("returned_to_bot", "Whether it came back to a bot after a human."),
    _text("handler_name", "Who had it last; a survey bot behind an agent is not meant."),
    _count("num_messages", "Messages, of all sides.", "messages"),
    _count("num_customer_messages", "The customer's messages.", "messages"),
    _count("num_scored", "The customer's messages the sentiment rests on.", "messages"),
    _score("sentiment", "Estimated sentiment at the end, or so far while open; empty without a score.", "sentiment_micro"),
    _score("sentiment_with_bot", "The mean of the customer's messages while with a bot.", "bot_sentiment_micro"),
    _score("sentiment_waiting", "The same while waiting for an agent.", "waiting_sentiment_micro"),
    _score("sentiment_with_agent", "The same while with an agent.", "agent_sentiment_micro"),
    _count("bot_turns", "The customer's messages in the deciding bot session, up to the request for a human.", "messages"),
    _count("wasted_turns", "Of these the ones after the first sign of trouble; empty where there was no sign.", "messages"),
    _count("num_fallbacks", "How often the bot did not understand.", "messages"),
    _flag("is_engaged", "Whether the customer wrote and the platform does not call the session unengaged."),
    _flag("is_suspect", "Whether an unconfirmed resolution follows on a message that is negative or asks again."),
    _time(
        "next_contact_at",
        "When the same customer next began a conversation and wrote; empty where that is not known.",
        "next_contact_ms",
    ),
    _flag("csat_requested", "Whether the satisfaction survey was asked."),
    _score("csat", "The survey's answer; empty without one.", "csat_micro", "survey answer, 1–5"),
    _count("definition_version", "The version of the rules that decided the outcome."),
)

SESSIONS = (
    CONVERSATION_ID,
    SOURCE,
    Column("session", Type.INTEGER, "", "Its number in the conversation, from 1.", "number"),
    _text("handler", "bot or agent (a human)."),
    _text("mode", "primary, consult, monitor, survey or assist."),
    _text("handler_id", "The handler's id as the source gives it."),
    _text("handler_name", "The bot's or the agent's name.", "name"),
    _text("queue", "The queue it was served in; empty where unknown."),
    _time("started_at", "Its first activity.", "started_ms"),
    _time("ended_at", "Its last activity, or the request for a human.", "ended_ms"),
    _seconds("duration_seconds", "Its duration without idle time-out; empty where the source gives no times.", "duration_ms"),
    _text("end", "handoff, end, timeout, transfer or open."),
)

MESSAGES = (
    CONVERSATION_ID,
    SOURCE,
    _own_text("activity_id", "The message's id as the source gives it; empty where it gives none."),
    _time("sent_at", "When it was sent.", "at_ms"),
    _flag("time_known", "Whether the source gave its time; else its place in the record stands in."),
    _text("role", "customer, bot, agent, supervisor, system or internal."),
    _flag("role_inferred", "Whether the role follows from the others' and is not said by the source."),
    _text("sender_id", "The sender's id."),
    _text("sender_name", "The sender's name, as on this message."),
    _flag("private", "Whether only the organisation saw it."),
    _own_text("text", "What was written or said."),
    _text("locale", "The message's language tag; empty where it has none."),
    _score("sentiment", "Estimated sentiment of a customer's message; empty without a score.", "sentiment_micro"),
    _text("engine", "Name and version of what estimated the sentiment."),
)

FALLBACKS = (
    CONVERSATION_ID,
    SOURCE,
    Column("turn", Type.INTEGER, "", "Its number among the conversation's turns that the bot did not understand.", "number"),
    _time("said_at", "The customer's message; without one, when the bot showed that it did not understand.", "at_ms"),
    _own_text("text", "What the customer had written, the first 500 characters; empty where nothing was."),
    _own_text("words", "The words that it is known by: messages with the same ones belong together."),
    _text("bot", "The bot the conversation is counted for."),
    _text("topic", "The conversation's last topic that was not a system topic."),
    _text("queue", "The queue of the deciding bot session."),
    _text("channel", "The channel it ran over."),
    _text("outcome", "The conversation's outcome; empty while open."),
    _time("escalated_at", "The earliest request for a human.", "escalated_ms"),
    _time("ended_at", "The conversation's end; empty while open.", "ended_ms"),
)

STAYS = (
    CONVERSATION_ID,
    SOURCE,
    Column("stay", Type.INTEGER, "", "Its number among the conversation's stays in queues, from 1.", "number"),
    _text("queue", "The queue it was in.", "stay_queue"),
    _time("entered_at", "When it entered the queue.", "entered_ms"),
    _time("accepted_at", "When a bot or an agent took it; empty where nobody did.", "accepted_ms"),
    _time(
        "left_at",
        "When it left the queue, as the source says, or because the handoff failed or the conversation ended and went on later; "
        "empty otherwise.",
        "left_ms",
    ),
    _text("accepted_by", "bot or agent (a human); empty where nobody did.", "accepted_by"),
    _text("end", "accepted, abandoned, moved (on to another queue), system (ended by it) or open.", "end"),
    _seconds("answer_seconds", "From entering to the acceptance; empty where there was none.", "answer_ms"),
    _text("bot", "The bot the conversation is counted for."),
    _text("channel", "The channel it ran over."),
    _text("topic", "The conversation's last topic that was not a system topic."),
    _time("ended_at", "The conversation's end; empty while open.", "ended_ms"),
)

SPEECH = (
    CONVERSATION_ID,
    SOURCE,
    _text("agent", "The agent who had the call last; empty where none did, or nothing names them.", "call_agent"),
    _text("call_queue", "The queue in which people were to answer; without one, that of the bot."),
    _seconds("call_seconds", "From the first word to the last.", "speech_span_ms"),
    _seconds("spoken_seconds", "Of that the time in which anybody speaks.", "speech_spoken_ms"),
    _seconds("customer_seconds", "How long the customer speaks.", "speech_customer_ms"),
    _seconds("bot_seconds", "How long bots speak.", "speech_bot_ms"),
    _seconds("agent_seconds", "How long agents speak.", "speech_agent_ms"),
    _seconds("overlap_seconds", "How long two of them speak at once.", "speech_overlap_ms"),
    _seconds("silence_seconds", "How long nobody speaks; hold and waiting for somebody are no silence.", "speech_silence_ms"),
    _seconds("longest_silence_seconds", "The longest such silence.", "speech_longest_silence_ms"),
    _seconds("hold_seconds", "How long the customer was on hold, as far as the source says so.", "speech_hold_ms"),
    Column("num_holds", Type.INTEGER, "", "How often.", "speech_num_holds"),
    Column("num_utterances", Type.INTEGER, "", "How many times something was spoken, for a known time.", "speech_num_utterances"),
    Column("customer_words", Type.INTEGER, "words", "The customer's words in these.", "speech_customer_words"),
    Column("bot_words", Type.INTEGER, "words", "The bots' words.", "speech_bot_words"),
    Column("agent_words", Type.INTEGER, "words", "The agents' words.", "speech_agent_words"),
    _text("channel", "The channel it ran over."),
    _text("bot", "The bot the conversation is counted for; empty where only people spoke."),
    _text("queue", "The queue of the deciding bot session."),
    _text("topic", "The conversation's last topic that was not a system topic."),
    _text("outcome", "The conversation's outcome; empty while open, and where only people spoke."),
    _flag("is_test", "Whether it is a test."),
    _time("ended_at", "The conversation's end; empty while open.", "ended_ms"),
)

SURVEYS = (
    CONVERSATION_ID,
    SOURCE,
    Column("number", Type.INTEGER, "", "Its number among the conversation's surveys, from 1.", "number"),
    _text("survey", "csat, nps, ces or prr (did that answer your question)."),
    _time("asked_at", "When it was first asked; empty where only an answer came.", "asked_ms"),
    _time("answered_at", "When it was answered; of several answers the last. Empty without one.", "answered_ms"),
    _score("answer", "The answer; of prr 1 is yes, 0 is no. Empty without one.", "answer_micro", "csat 1–5, nps 0–10, ces 1–7"),
    _own_text("comment", "What the customer wrote beside the answer, the first 500 characters; empty where nothing was."),
    _text("asked_by", "The bot that asked; empty where it was the platform."),
    _flag("is_after", "Whether a survey bot asked, behind the last agent."),
    _flag("counts", "Whether figures count it: of several of one kind in a conversation one does."),
    _flag("is_bot", "Whether its conversation is a bot conversation."),
    _text("bot", "The bot the conversation is counted for; empty where only people spoke."),
    _text("channel", "The channel it ran over."),
    _text("queue", "The queue of the deciding bot session; where only people spoke, the last one."),
    _text("topic", "The conversation's last topic that was not a system topic."),
    _text("outcome", "The conversation's outcome; empty while open, and where only people spoke."),
    _time("ended_at", "The conversation's end; the period its surveys count in. Empty while open.", "ended_ms"),
)

UTTERANCES = (
    CONVERSATION_ID,
    SOURCE,
    _own_text("activity_id", "The message's id as the source gives it; empty where it gives none."),
    Column(
        "offset_seconds", Type.NUMBER, "seconds", "Where in the call it begins; empty where only its length is said.", "offset_ms"
    ),
    _seconds("spoken_seconds", "How long it takes.", "spoken_ms"),
    _text("role", "customer, bot, agent or supervisor."),
    _flag("role_inferred", "Whether the role follows from the others' and is not said by the source."),
    _text("sender_id", "The sender's id; empty for a voice that only has a number."),
    _text("sender_name", "The sender's name, as on this message."),
    _own_text("text", "What was said, phone numbers masked."),
    _text("locale", "Its language tag; empty where it has none."),
    _time("sent_at", "When the source reported it.", "at_ms"),
    _flag("time_known", "Whether the source gave that time."),
    _score("sentiment", "Estimated sentiment of what a customer said; empty without a score.", "sentiment_micro"),
)

SUGGESTIONS = (
    CONVERSATION_ID,
    SOURCE,
    Column("suggestion", Type.INTEGER, "", "Its number among the conversation's suggestions to agents, from 1.", "number"),
    _own_text("activity_id", "The id of its message as the source gives it; empty where it gives none."),
    _time("shown_at", "When the agent was shown it.", "shown_ms"),
    Column("session", Type.INTEGER, "", "The agent's session in which it was shown, by its number.", "session"),
    _text("suggested_by", "The bot that suggested it.", "bot"),
    _text("agent", "The agent who was shown it."),
    _text("agent_queue", "The queue of that session; empty where unknown.", "queue"),
    _text("fate", "used, dismissed or ignored; open where neither happened and the conversation goes on."),
    _text("evidence", "What tells that it was used: event, words (the agent's next message) or both; else empty."),
    _text("event", "What the platform calls its use or dismissal, such as sent; empty where it says nothing."),
    _text("repeat", "exact or near where the agent's next message repeats it; else empty."),
    _time("used_at", "The first sign of its use; empty where it was not used.", "used_ms"),
    _time("dismissed_at", "When it was dismissed; empty where it was not.", "dismissed_ms"),
    _seconds("use_seconds", "From being shown to being used; empty where it was not, or without times.", "use_ms"),
    _own_text("text", "What was suggested, the first 500 characters."),
    _text("channel", "The channel the conversation ran over."),
    _text("topic", "The conversation's last topic that was not a system topic."),
    _time("ended_at", "The conversation's end; empty while open.", "ended_ms"),
)

ROLLUPS = (
    Column("bucket", Type.TEXT, "the export's time zone", "When they ended: the day, hour, week or month, by its key.", "bucket"),
    _text("bot", "As in conversations."),
    _text("channel", "As in conversations."),
    _text("workstream", "As in conversations."),
    _text("queue", "As in conversations."),
    _text("topic", "As in conversations."),
    _count("closed", "Closed bot conversations.", "conversations"),
    _count("resolved", "Of these resolved.", "conversations"),
    _count("confirmed", "Of the resolved, confirmed by the customer.", "conversations"),
    _count("implied", "Of the resolved, implied by the platform or the bot.", "conversations"),
    _count("assumed", "Of the resolved, assumed.", "conversations"),
    _count("escalated", "Of the closed, escalated.", "conversations"),
    _count("abandoned", "Of the closed, abandoned.", "conversations"),
    _count("other", "Of the closed, anything else.", "conversations"),
    _count("resolution_time_n", "Resolved conversations with a duration.", "conversations"),
    _count("resolution_time_sum_ms", "Sum of their deciding bot sessions.", "milliseconds"),
    _count("escalation_time_n", "Escalated conversations with a duration.", "conversations"),
    _count("escalation_time_sum_ms", "Sum of their deciding bot sessions, to the request.", "milliseconds"),
    _count("sentiment_n", "Closed conversations with a sentiment score.", "conversations"),
    _count("sentiment_sum_micro", "Sum of their estimated end sentiment.", "millionths, −1…1 each"),
    _count("csat_n", "Closed conversations with a survey answer.", "conversations"),
    _count("csat_sum_micro", "Sum of the answers.", "millionths, 1–5 each"),
    _count("csat_asked", "Closed conversations in which the survey was asked or answered.", "conversations"),
    _count("engaged", "Of the closed, those in which the customer took part.", "conversations"),
    _count("suspect", "Of the resolved, those that are suspect.", "conversations"),
    _count("never_accepted", "Of the escalated, those that no agent accepted.", "conversations"),
    _count("wait_n", "Escalated conversations that an agent accepted.", "conversations"),
    _count("wait_sum_ms", "Sum of their waits, from the request to the acceptance.", "milliseconds"),
    _count("escalation_turns_n", "Escalated conversations.", "conversations"),
    _count("escalation_turns_sum", "Sum of the customers' messages before the request.", "messages"),
    _count("wasted_turns_n", "Escalated conversations with a first sign of trouble.", "conversations"),
    _count("wasted_turns_sum", "Sum of the customers' messages after it.", "messages"),
    _count("sentiment_with_bot_n", "Closed conversations with a score while with a bot.", "conversations"),
    _count("sentiment_with_bot_sum_micro", "Sum of these scores.", "millionths, −1…1 each"),
    _count("sentiment_waiting_n", "Closed conversations with a score while waiting for an agent.", "conversations"),
    _count("sentiment_waiting_sum_micro", "Sum of these scores.", "millionths, −1…1 each"),
    _count("sentiment_with_agent_n", "Closed conversations with a score while with an agent.", "conversations"),
    _count("sentiment_with_agent_sum_micro", "Sum of these scores.", "millionths, −1…1 each"),
)

BOT_SESSIONS = (
    CONVERSATION_ID,
    SOURCE,
    _text("channel", "The channel it ran over."),
    _text("bot", "The bot that was invoked first; empty where none was.", "invoked_bot"),
    _time("bot_invoked_at", "When that was: the month it counts in. Empty where no customer met a bot.", "invoked_ms"),
    _time("started_at", "Its first activity.", "started_ms"),
    _flag("counts", "Whether it counts as a bot session in the period."),
    _text("reason", "Why it counts, or why it does not.", "why"),
    _count("num_bots", "How many bots the customer met; they count once.", "bots"),
    _time("escalated_at", "The earliest request for a human; it counts all the same.", "escalated_ms"),
)

ESCALATIONS = (
    CONVERSATION_ID,
    SOURCE,
    _time("escalated_at", "The earliest request for a human; the period it counts in.", "escalated_ms"),
    _text("channel", "The channel it ran over."),
    _text("workstream", "The workstream whose rules it is judged by; empty where none is known."),
    _text("bot", "The bot the conversation is counted for."),
    _text("topic", "The conversation's last topic that was not a system topic."),
    _text("from_queue", "The queue of the deciding bot session."),
    _own_text("variables", "The context variables that were set by then, as a JSON object."),
    _text(
        "landing",
        "as ruled, on overflow (as ruled if a queue overflowed then, which is not known), elsewhere, queue unknown (the source "
        "does not say) or not ruled (nothing configured says where).",
    ),
    _text("rule", "The rule that decides; empty where none matched."),
    _text("should_go_to", "The queue that the rules in force at that moment name; empty where they name none.", "wanted"),
    _text("reason", "Why that queue.", "why"),
    _text("went_to", "The queue it went to; empty where the source does not say.", "to_queue"),
    _text("accepted_by", "The first agent who had it then; empty where nobody did, or nothing names them."),
    _time("accepted_at", "When that was; empty where nobody did.", "accepted_ms"),
    _seconds("wait_seconds", "From the request to the acceptance; empty where there was none.", "answer_ms"),
    _flag("returned_to_bot", "Whether it came back to a bot after a human."),
    _text("outcome", "The conversation's outcome; while it is open, its state."),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "conversations": CONVERSATIONS,
    "sessions": SESSIONS,
    "messages": MESSAGES,
    "fallbacks": FALLBACKS,
    "stays": STAYS,
    "speech": SPEECH,
    "utterances": UTTERANCES,
    "surveys": SURVEYS,
    "suggestions": SUGGESTIONS,
    "rollups": ROLLUPS,
    "bot_sessions": BOT_SESSIONS,
    "escalations": ESCALATIONS,
}

ABOUT: dict[str, str] = {
    "conversations": "Conversations that ended in the period, by their end; then the open ones that began in it.",
    "sessions": "The sessions of those conversations.",
    "messages": "The messages of those conversations, in order.",
    "fallbacks": "Of those conversations the turns that the bot did not understand, with what the customer had written.",
    "stays": "The stays of those conversations in queues, those that a bot took too.",
    "speech": "Of those conversations the calls whose source says when something was spoken: one row a call.",
    "utterances": "What was spoken in those calls, for a known time: one row an utterance, in order.",
    "surveys": "The surveys asked or answered in those conversations, with what was written beside the answers.",
    "suggestions": "Of those conversations the suggestions that bots made to agents, and what became of each.",
    "rollups": "Additive counts of closed bot conversations by bucket of time and dimension. Add them up, and divide last.",
    "bot_sessions": "Conversations that count as bot sessions in the period, by when a bot was first invoked; then those that "
    "began in it and do not count, each with the reason.",
    "escalations": "Conversations in which a human was asked for in the period, those still open among them and tests not: where "
    "the routing rules of that moment send each, and where it went.",
}
