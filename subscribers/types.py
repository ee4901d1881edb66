"""The words of permission, shared by models, services and the apps above."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Basis(StrEnum):
    """On what ground somebody may be written to (GDPR Art. 6 and 7, CASL s. 10, PECR reg. 22)."""

    EXPRESS = "express"
    DOUBLE_OPT_IN = "double_opt_in"
    IMPLIED_PURCHASE = "implied_purchase"
    IMPLIED_INQUIRY = "implied_inquiry"
    SOFT_OPT_IN = "soft_opt_in"
    LEGITIMATE_INTEREST = "legitimate_interest"


class ConsentAction(StrEnum):
    """What a ledger entry says; `requested` is a sign-up that nobody has confirmed yet."""

    REQUESTED = "requested"
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    PAUSED = "paused"
    RESUMED = "resumed"
    # One of several, which the entry's `detail` names.
    CHOSEN = "chosen"


class Purpose(StrEnum):
    """What the statement is on. `SUBSCRIPTION` and `FREQUENCY` name their list; the others stand for the contact."""

    SUBSCRIPTION = "subscription"
    MARKETING = "marketing"
    OPEN_TRACKING = "open_tracking"
    CLICK_TRACKING = "click_tracking"
    FREQUENCY = "frequency"
    LANGUAGE = "language"
    ADDRESS = "address"
    EXPORT = "export"
    ERASURE = "erasure"


class SubscriptionState(StrEnum):
    PENDING = "pending"
    SUBSCRIBED = "subscribed"
    UNSUBSCRIBED = "unsubscribed"


class Frequency(StrEnum):
    """How often somebody wants the mail of a list: each issue, or one digest in a week or a month."""

    EVERY = "every"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class LeavingReason(StrEnum):
    """Why somebody left everything, if they care to say."""

    TOO_MANY = "too_many"
    NOT_FOR_ME = "not_for_me"
    NEVER_SIGNED_UP = "never_signed_up"
    NO_LONGER_NEEDED = "no_longer_needed"
    OTHER = "other"


class Asked(StrEnum):
    """What came of asking, on the preference center, for what a mailbox must confirm."""

    MAILED = "mailed"
    SAME = "same"
    TOO_OFTEN = "too_often"


class ErrandMail(StrEnum):
    """What a mail about such an errand is for; TAKEN goes to a new address that is another reader's."""

    EXPORT = "export"
    ERASURE = "erasure"
    MOVE = "move"
    NOTICE = "notice"
    TAKEN = "taken"


class MoveState(StrEnum):
    """What became of a change of address; OVER: another one was asked for since."""

    WAITING = "waiting"
    MOVED = "moved"
    STOPPED = "stopped"
    OVER = "over"


class ExclusionReason(StrEnum):
    """Why a chosen person is not in the audience; in the order in which they are tested.

    First what forbids, then what the sender left out, then what only this moment speaks against: so nobody is called
    capped who could not be written to anyway.
    """

    NOT_ON_LIST = "not_on_list"
    UNSUBSCRIBED = "unsubscribed"
    UNCONFIRMED = "unconfirmed"
    CONSENT_EXPIRED = "consent_expired"
    SUPPRESSED = "suppressed"
    RESTRICTED = "restricted"
    PAUSED = "paused"
    EXCLUDED_LIST = "excluded_list"
    EXCLUDED_SEGMENT = "excluded_segment"
    RESTING = "resting"
    FREQUENCY_CHOICE = "frequency_choice"
    FREQUENCY_CAP = "frequency_cap"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many mails to one person in so many days, of one stream or, where it is None, of all of them."""

    stream_id: int | None
    most: int
    days: int

    def since(self, now: datetime) -> datetime:
        return now - timedelta(days=self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a mail is meant for. `lists` permit it, the first being its topic; with `segments`, only people in one of
    them are meant. `topic_mailings` are pairs of a list and a mailing that was lately sent under it."""

    lists: tuple[int, ...]
    segments: tuple[int, ...] = ()
    without_lists: tuple[int, ...] = ()
    without_segments: tuple[int, ...] = ()
    stream_id: int = 0
    topic_mailings: tuple[tuple[int, int], ...] = ()
    is_exempt: bool = False
    # Planned mail that goes before this one where a cap leaves no room for both: when it starts, and for whom.
    planned: tuple[tuple[datetime, "Audience"], ...] = ()


class RequestKind(StrEnum):
    """What somebody asks about their data (GDPR Art. 15 and 20, 17, 21, 18, 16)."""

    EXPORT = "export"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    CORRECTION = "correction"


class RequestState(StrEnum):
    OPEN = "open"
    FULFILLED = "fulfilled"
    REFUSED = "refused"


class PrivacyLaw(StrEnum):
    """Whose deadlines hold, by the country that the person declared."""

    GDPR = "gdpr"
    CCPA = "ccpa"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a statement of consent came from: what the ledger keeps as evidence beside the words."""

    source: str
    actor: str
    ip: str | None = None
    user_agent: str = ""
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True)
class MailingTitle:
    """What a mailing was, for a person who reads its name: `place` is the URL name of its page, `key` its argument."""

    name: str
    place: str
    key: int


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """Something that needs a segment, for a person who reads its name; `place` and `key` lead to its page."""

    name: str
    place: str
    key: int


@dataclass(frozen=True, slots=True)
class NewActivity:
    """Something that a contact did; the fields mean what `subscribers.models.ContactActivity` says."""

    contact_id: int
    name: str
    occurred_at: datetime
    value: Decimal | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


# Recipient ids from here on are test mails. No contact has such an id, so no link of a test reaches a person:
# nobody is unsubscribed, tracked or counted by one. Tokens carry 48 bits.
FIRST_TEST_RECIPIENT = 1 << 47
