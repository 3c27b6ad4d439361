"""What the tables hold, in the field's own words: activities as received, and everything derived from them.

Vendors' names stop in `ingest`; rules about what the words mean are in `metrics`. Times are integer milliseconds since the epoch,
UTC, in fields that end in `_ms`; scores are integers of a millionth in fields that end in `_micro`, so that sums are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from store.assist.records import Suggestion
from store.fallback_records import Fallback
from store.members import plain_members
from store.queues.records import Segment
from store.surveys.records import Survey
from store.voice.records import Speech

# What deriving fills in of an activity, in the order of `Activity.derived_part`.
DERIVED_FIELDS = ("conversation_key", "role", "role_inferred", "sentiment_micro", "engine")
DerivedPart = tuple[int, "Role", bool, int | None, str]


@plain_members
class Role(StrEnum):
    """Who speaks. An agent is always human; anything automated is a bot."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"
    INTERNAL = "internal"


@plain_members
class WireRole(StrEnum):
    """What the source says of a sender; `USER` is a person, customer or agent, as Bot Framework has it."""

    BOT = "bot"
    USER = "user"
    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"
    SPEAKER = "speaker"  # a person of whom only the voice is known: customer or agent
    TO_USER = "to_user"  # unsaid, but spoken to a person: by a bot, or by one person to another
    UNSAID = ""


@plain_members
class Kind(StrEnum):
    """What an activity is. What its `detail` holds stands behind each; keys without a value are left out."""

    MESSAGE = "message"  # expects_input: bool, deleted: bool; spoken: offset_ms from the call's beginning, spoken_ms
    HANDOFF_REQUEST = "handoff_request"  # context: {name: value}, reason: EscalationReason, topic: str, answers
    HANDOFF_STATUS = "handoff_status"  # state: accepted | failed | completed; agent_id, agent_name
    END = "end"  # code: EndCode
    # The platform's word on a session: outcome: Verdict, reason: str, implied: bool, started_ms, ended_ms, answers, comment.
    VERDICT = "verdict"
    TOPIC = "topic"  # name: str, system: bool
    FALLBACK = "fallback"  # the bot did not understand
    SURVEY_REQUEST = "survey_request"  # survey: csat | prr | nps | ces
    SURVEY_ANSWER = "survey_answer"  # survey, value: number, or "yes" / "no" for prr; comment: str
    CONTEXT = "context"  # variables: {name: value}, workstream, queue, answers: {survey: number} that the variables hold
    QUEUE = "queue"  # state: entered | left; queue: str
    HOLD = "hold"  # state: began | ended
    SUGGESTION = "suggestion"  # what became of one: state: used | dismissed, of: its activity id, how: the event's word
    MEMBERS = "members"  # joined: [{id, name, role}], left: [{id, name, role}]
    TYPING = "typing"
    OTHER = "other"


@plain_members
class EndCode(StrEnum):
    """How a conversation says that it is over."""

    COMPLETED = "completed_successfully"
    BOT_ENDED = "bot_ended"  # a bot's EndConversation
    CUSTOMER_LEFT = "customer_left"  # disconnected, or cancelled
    BOT_TIMED_OUT = "bot_timed_out"
    FAILED = "failed"
    UNKNOWN = "unknown"


@plain_members
class Verdict(StrEnum):
    """What a platform says of a session's outcome; it beats what the text suggests."""

    RESOLVED = "resolved"
    ESCALATED = "escalated"
    ABANDONED = "abandoned"
    UNENGAGED = "unengaged"
    FAILED = "failed"
    FORCE_CLOSED = "force_closed"
    OVERFLOW = "overflow"
    CLOSED_BY_ADMIN = "closed_by_admin"
    UNKNOWN = "unknown"


@plain_members
class Outcome(StrEnum):
    """The one outcome of a closed bot conversation."""

    ESCALATED = "escalated"
    RESOLVED = "resolved"
    ABANDONED = "abandoned"
    OTHER = "other"


@plain_members
class Resolution(StrEnum):
    """How sure a resolution is."""

    CONFIRMED = "confirmed"
    IMPLIED = "implied"
    ASSUMED = "assumed"


@plain_members
class EscalationReason(StrEnum):
    """Who or what asked for the human."""

    CUSTOMER = "asked by customer"
    BOT_GAVE_UP = "bot gave up"
    AUTHORS_RULE = "author's rule"
    FAILURE = "failure"
    UNKNOWN = "unknown"


@plain_members
class State(StrEnum):
    """Where a conversation stands now."""

    WITH_BOT = "with_bot"
    WAITING = "waiting"
    WITH_AGENT = "with_agent"
    WRAP_UP = "wrap_up"
    CLOSED = "closed"


class ClaimEnd(StrEnum):
    """Why somebody who had taken a conversation on is no longer on it."""

    RELEASED = "released"
    TAKEN_OVER = "taken_over"
    CLOSED = "closed"  # the conversation is over


@plain_members
class Mode(StrEnum):
    """In what capacity a session's handler takes part."""

    PRIMARY = "primary"
    CONSULT = "consult"
    MONITOR = "monitor"
    SURVEY = "survey"
    ASSIST = "assist"


@plain_members
class BotUse(StrEnum):
    """Which part bots take in a conversation, for those who count licences."""

    NONE = ""  # only people spoke
    ASSIST = "assist"  # a bot advised the agent, and no customer met one
    SURVEY = "survey"  # only to ask how it was
    BEGINNING = "beginning"
    MIDDLE = "middle"  # after an agent, and before another
    END = "end"  # after the last agent


@dataclass(slots=True)
class Activity:
    """One thing on the wire.

    A normaliser fills the first part. The store gives `thread_key` and `position`. Deriving fills the last part: it alone sees
    the whole conversation, and roles and sentiment depend on that.
    """

    identity: int  # 64-bit hash of (source, conversation id, activity id), or of the content where there is no id
    activity_id: str  # as the source names it; "" where it does not
    version: bytes  # of two versions of one identity the greater wins, whichever came first
    at_ms: int
    at_sub: int  # the rest of the time stamp below a millisecond, in units of 100 ns
    time_known: bool  # False: the place in the array stood in for a missing time
    kind: Kind
    wire_type: str  # "message", "trace DialogRedirect" …: what the source calls it, for people who look
    sender_id: str
    sender_name: str
    wire_role: WireRole
    text: str  # "" where there is none; what a voice bot speaks where it only speaks; a card's title where it only shows
    locale: str
    private: bool  # seen inside the organisation only
    detail: dict[str, Any] | None
    raw: bytes  # the record as received, as compact JSON
    thread_key: int = 0
    position: int = 0  # order of arrival in its thread, kept for ever
    conversation_key: int = 0
    role: Role = Role.SYSTEM
    role_inferred: bool = False
    sentiment_micro: int | None = None  # −1 000 000 … 1 000 000
    engine: str = ""  # name and version of what scored it

    @property
    def order(self) -> tuple[int, int, int, int]:
        """Sort key within a conversation (metrics.md § 1): time, sub-second stamp, first position seen."""
        return (self.at_ms, self.at_sub, self.position, self.thread_key)

    @property
    def derived_part(self) -> DerivedPart:
        """What deriving filled in: where it differs, the row is written anew."""
        return (self.conversation_key, self.role, self.role_inferred, self.sentiment_micro, self.engine)


@dataclass(slots=True)
class Marks:
    """What a thread's activities say of it as a whole. Merging marks is commutative, associative and idempotent."""

    channels: dict[str, int] = field(default_factory=dict)  # channel → earliest at_ms it was named
    is_group: bool = False
    is_test: bool = False
    has_times: bool = True  # False: the source gives one time for the whole (portal CSV)
    work_items: list[str] = field(default_factory=list)  # the Omnichannel conversations it belongs to; more than one is rare
    bot_id: str = ""
    bot_name: str = ""
    bots: list[str] = field(default_factory=list)  # ids that something said is a bot's
    repliers: list[str] = field(default_factory=list)  # ids without a role that answer an activity: bots do, people hardly

    def merge(self, other: Marks) -> Marks:
        """Both together, whichever came first."""
        channels = dict(self.channels)
        for channel, at_ms in other.channels.items():
            channels[channel] = min(at_ms, channels.get(channel, at_ms))
        return Marks(
            channels=dict(sorted(channels.items())),
            is_group=self.is_group or other.is_group,
            is_test=self.is_test or other.is_test,
            has_times=self.has_times and other.has_times,
            work_items=sorted({*self.work_items, *other.work_items}),
            bot_id=max(self.bot_id, other.bot_id),
            bot_name=max(self.bot_name, other.bot_name),
            bots=sorted({*self.bots, *other.bots}),
            repliers=sorted({*self.repliers, *other.repliers}),
        )


@dataclass(slots=True)
class Thread:
    """All that came under one external id of one source. Threads with the same root are derived together, as one conversation."""

    key: int
    root_key: int
    source: str
    external_id: str
    marks: Marks
    next_position: int = 0


@dataclass(slots=True)
class Session:
    """An unbroken stretch of a conversation with one handler, bot or human."""

    number: int  # from 1, in order of time
    handler: Role  # BOT or AGENT
    mode: Mode
    handler_id: str
    name: str  # the bot's name after aliases, or the agent's
    queue: str
    started_ms: int
    ended_ms: int
    duration_ms: int | None  # None where the source gives no times to measure it by
    end: str  # handoff | end | timeout | transfer | open


@dataclass(slots=True)
class Participant:
    """Somebody who takes part, in one role; one id may stand in several roles."""

    role: Role
    participant_id: str
    name: str
    inferred: bool


@dataclass(slots=True)
class ContextVariable:
    """A value set for routing, as it was set at that moment."""

    number: int
    name: str
    value: str
    value_type: str  # text | number | boolean | json
    set_ms: int


@dataclass(slots=True)
class Conversation:
    """The facts of one conversation, all derived. Field for field a row of table `conversation`."""

    conversation_key: int
    root_key: int
    episode: int  # from 1; persistent channels have several per thread
    conversation_id: str  # what people see and link to; unique within its source
    source: str
    channel: str
    workstream: str
    customer_id: str  # "" where unknown
    customer_name: str
    language: str
    is_bot: bool  # a bot conversation: at least one bot session of mode primary, and not a test
    is_test: bool
    state: State
    started_ms: int
    last_ms: int  # last activity
    ended_ms: int | None  # None while open
    due_ms: int | None  # while open: when the idle time-out closes it
    closed_by: str  # "" while open | end | idle
    bot: str
    bot_id: str
    queue: str
    escalation_queue: str
    topic: str
    handler_name: str  # who has it now, or had it last
    outcome: Outcome | None
    resolution: Resolution | None
    reason: str  # why this outcome, in words of the rules
    deciding_identity: int | None  # the activity that decided it
    deciding_session: int | None
    bot_ms: int | None  # duration of the deciding bot session
    escalated_ms: int | None  # the earliest request for a human
    accepted_ms: int | None
    returned_to_bot: bool
    num_activities: int
    num_messages: int
    num_customer_messages: int
    num_scored: int
    sentiment_micro: int | None  # live while open, end sentiment afterwards
    sentiment_high_micro: int | None  # the highest live value so far, to see a fall
    num_fallbacks: int
    fallbacks_in_a_row: int
    num_human_asks: int
    last_customer_ms: int | None
    last_reply_ms: int | None  # last message of bot or agent to the customer
    csat_micro: int | None  # the survey answer 1–5, in millionths
    csat_requested: bool
    is_engaged: bool  # the customer wrote, and the platform does not call the session unengaged
    is_suspect: bool  # resolved without a confirmation, though the customer's last message is negative or asks again
    bot_turns: int  # the customer's messages in the deciding bot session, up to the request for a human
    wasted_turns: int | None  # of these the ones after the first sign of trouble; None where there was no sign
    wait_ms: int | None  # from the request for a human to an agent's acceptance; None where either has no time
    bot_sentiment_micro: int | None  # mean of the customer's messages while with a bot
    waiting_sentiment_micro: int | None  # the same while waiting for an agent
    agent_sentiment_micro: int | None  # the same while with an agent
    bot_use: BotUse
    invoked_ms: int | None  # when a customer first met a bot, surveys included; None where none did
    invoked_bot: str  # that bot
    definition_version: int


def as_work_item(conversation_id: str) -> str:
    """An id as Omnichannel conversations are named: a GUID may come in braces and capitals."""
    return conversation_id.strip("{} ").lower()


def link_name(source: str, conversation_id: str) -> str:
    """What a link calls a conversation: ids are unique only within a source."""
    return f"{source}:{conversation_id}"


EPISODE_BITS = 20


def conversation_key(root_key: int, episode: int) -> int:
    """The key of the `episode`-th conversation (from 1) of a root: the same however often it is derived anew."""
    return root_key << EPISODE_BITS | episode


@dataclass(slots=True)
class Derived:
    """Everything derived from one root: what replaces its rows."""

    conversations: list[Conversation]
    sessions: dict[int, list[Session]]  # by conversation_key
    segments: dict[int, list[Segment]]
    participants: dict[int, list[Participant]]
    context: dict[int, list[ContextVariable]]
    fallbacks: dict[int, list[Fallback]]
    speech: dict[int, list[Speech]] = field(default_factory=dict)  # one of a call, of anything else none
    surveys: dict[int, list[Survey]] = field(default_factory=dict)  # only of conversations that have some
    suggestions: dict[int, list[Suggestion]] = field(default_factory=dict)  # of conversations that have any
