"""The vocabulary that the engine shares with its adapters and with the apps above it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Protocol


class EventKind(IntEnum):
    """What happened to one recipient of one mailing; stored as a number in the event table."""

    ACCEPTED = 1
    DEFERRED = 2
    FAILED = 3
    SKIPPED = 4
    BOUNCED = 5
    COMPLAINED = 6
    OPENED = 7
    CLICKED = 8
    UNSUBSCRIBED = 9


class AgentKind(IntEnum):
    """Who fetched a pixel or a link: kept beside the raw event, never instead of it."""

    HUMAN = 1
    PROXY = 2
    MACHINE = 3


class StreamKind(StrEnum):
    """Marketing and transactional mail share no queue, worker, subdomain or suppression scope."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class Scope(StrEnum):
    """Where a suppression holds; EVERYTHING covers both kinds of stream, STREAM and TOPIC one of each by its id."""

    EVERYTHING = "everything"
    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"
    STREAM = "stream"
    TOPIC = "topic"


class SuppressionReason(StrEnum):
    """Why an address is held; several may stand side by side for one address and scope."""

    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    MANUAL = "manual"
    ROLE_ACCOUNT = "role_account"
    TRAP_DOMAIN = "trap_domain"
    ERASURE = "erasure"
    SUNSET = "sunset"


@dataclass(frozen=True, slots=True)
class NewSuppression:
    """A row for the suppression list; the fields mean what `deliverability.models.Suppression` says.

    `key` stands for an address that nobody knows any more; None: it is made from the address.
    """

    address: str
    scope: Scope
    reason: SuppressionReason
    evidence: str = ""
    target: int = 0
    added_by: str = ""
    since: datetime | None = None
    expires_at: datetime | None = None
    key: bytes | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One mail ready for the wire.

    `data` is the whole message as CRLF lines of at most 998 octets, none of which starts with a dot, ending in
    CRLF: adapters add only the final dot (RFC 5321 4.5.2 is then a no-op).
    """

    recipient_id: int
    address: str
    mail_from: str
    data: bytes
    smtputf8: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A recipient whom the composer held back at dispatch; `reason` is a word from `SkipReason`."""

    recipient_id: int
    reason: str


class SkipReason(StrEnum):
    """Why a frozen recipient got nothing after all; `explain_delivery` turns these into sentences."""

    GONE = "contact_gone"
    NOT_SUBSCRIBED = "not_subscribed"
    CONSENT_EXPIRED = "consent_expired"
    SUPPRESSED = "suppressed"
    RESTRICTED = "restricted"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    UNRENDERABLE = "unrenderable"
    UNDELIVERABLE_ADDRESS = "undeliverable_address"
    CANARY = "canary"
    MERGED = "merged"
    FREQUENCY_CHOICE = "frequency_choice"
    FREQUENCY_CAP = "frequency_cap"


@dataclass(frozen=True, slots=True)
class Canary:
    """How a mailing begins: so many percent at each mailbox provider (0: none), watched for so many minutes."""

    percent: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Window:
    """When mail may leave to people whose clocks stand as in `zone`: from `opens_at` on, but not after `closes_at`."""

    zone: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said: `code` 0 means it said nothing (no connection, time-out, disconnect)."""

    code: int
    text: str = ""
    enhanced: str = ""
    stage: str = "body"


@dataclass(frozen=True, slots=True)
class Result:
    """The last word of a provider on one message of a batch."""

    recipient_id: int
    address: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class MailingBrief:
    """What a composer and the header builder need to know of a mailing; loaded once per drain, then cached."""

    id: int
    stream_slug: str
    stream_kind: StreamKind
    composer: str
    reference: str
    bounce_domain: str
    tracking_url: str
    links: tuple[str, ...] = field(default=(), repr=False)
    stream_id: int = 0


class Composer(Protocol):
    """The engine's one port to the apps above: turns recipient ids into mail at the moment of dispatch.

    Implementations re-check consent and load everything for the batch in a few set-based queries, then yield
    messages lazily, one per recipient id and in that order: a mail of 25 KB for 500 people must not stand in
    memory at once. A recipient who may not or cannot be written to yields a Skipped; nobody is left out.
    Suppression is checked here too, through `deliverability.queries.suppressions`.
    """

    def compose(self, mailing: MailingBrief, recipient_ids: Sequence[int]) -> Iterator[OutgoingMessage | Skipped]: ...


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A row for the event table; the fields mean what `deliverability.models.Event` says."""

    occurred_at: datetime
    kind: EventKind
    mailing_id: int
    recipient_id: int
    mailbox_provider: str
    batch_id: int | None = None
    provider_id: int | None = None
    attempt: int | None = None
    code: int | None = None
    detail: str | None = None
    link: int | None = None
    agent_kind: AgentKind | None = None
    agent: str | None = None
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail is from."""

    name: str
    email: str
    reply_to: str = ""
