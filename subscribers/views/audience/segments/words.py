"""How conditions of segments read in the builder."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from subscribers.rules.lifecycle import Stage
from subscribers.rules.segments.drafts import Match
from subscribers.rules.segments.fields import FieldKind, Op
from subscribers.rules.segments.tree import Act
from subscribers.types import Purpose, SubscriptionState

Words = str | Promise
Choices = list[tuple[str, Words]]

OPS: dict[str, Words] = {
    Op.IS: _("is"),
    Op.IS_NOT: _("is not"),
    Op.IS_ANY_OF: _("is any of"),
    Op.IS_NONE_OF: _("is none of"),
    Op.CONTAINS: _("contains"),
    Op.CONTAINS_NOT: _("does not contain"),
    Op.STARTS_WITH: _("starts with"),
    Op.ENDS_WITH: _("ends with"),
    Op.LESS_THAN: _("is less than"),
    Op.AT_MOST: _("is at most"),
    Op.MORE_THAN: _("is more than"),
    Op.AT_LEAST: _("is at least"),
    Op.BETWEEN: _("is between"),
    Op.BEFORE: _("is before"),
    Op.AFTER: _("is after"),
    Op.IN_LAST: _("was in the last"),
    Op.LONGER_AGO: _("is longer ago than"),
    Op.IN_NEXT: _("is in the next"),
    Op.ANNIVERSARY_IN_NEXT: _("has its anniversary in the next"),
    Op.HAS_ANY_OF: _("holds any of"),
    Op.HAS_ALL_OF: _("holds all of"),
    Op.HAS_NONE_OF: _("holds none of"),
    Op.IS_KNOWN: _("is known"),
    Op.IS_UNKNOWN: _("is not known"),
}
COUNTS: dict[str, Words] = {
    Op.IS: _("exactly"),
    Op.LESS_THAN: _("less than"),
    Op.AT_MOST: _("at most"),
    Op.MORE_THAN: _("more than"),
    Op.AT_LEAST: _("at least"),
    Op.BETWEEN: _("between"),
}
MATCHES: Choices = [
    (Match.ALL.value, _("all")),
    (Match.ANY.value, _("any")),
    (Match.NONE.value, _("none")),
    (Match.NOT_ALL.value, _("not all")),
]
# What stands between the parts of a group.
JOINTS: dict[str, Words] = {
    Match.ALL: _("and"),
    Match.ANY: _("or"),
    Match.NONE: _("nor"),
    Match.NOT_ALL: _("together with"),
}
STATES: Choices = [
    (SubscriptionState.SUBSCRIBED.value, _("are subscribed to")),
    (SubscriptionState.PENDING.value, _("have yet to confirm")),
    (SubscriptionState.UNSUBSCRIBED.value, _("left")),
]
PURPOSES: Choices = [
    (Purpose.SUBSCRIPTION.value, _("mail of a list")),
    (Purpose.OPEN_TRACKING.value, _("our seeing their opens")),
    (Purpose.CLICK_TRACKING.value, _("our seeing their clicks")),
]
ACTS: Choices = [
    (Act.OPENED.value, _("opened one")),
    (Act.CLICKED.value, _("clicked in one")),
    (Act.SENT.value, _("were sent one")),
]
ANSWERS: Choices = [(Act.OPENED.value, _("opened")), (Act.CLICKED.value, _("clicked in"))]
WINDOWS: Choices = [("", _("ever")), ("days", _("in the last")), ("dates", _("from one day to another"))]
YES_NO: Choices = [("yes", _("yes")), ("no", _("no"))]
KINDS: Choices = [
    (FieldKind.TEXT.value, _("text")),
    (FieldKind.NUMBER.value, _("number")),
    (FieldKind.DATE.value, _("date")),
    (FieldKind.BOOLEAN.value, _("yes or no")),
    (FieldKind.LIST.value, _("list")),
]
STAGES: dict[str, Words] = {
    Stage.NEW: _("New"),
    Stage.ACTIVE: _("Active"),
    Stage.AT_RISK: _("At risk"),
    Stage.DORMANT: _("Dormant"),
    Stage.LOST: _("Lost"),
}
FIELDS: dict[str, Words] = {
    "email": _("E-mail address"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "locale": _("Language"),
    "time_zone": _("Time zone"),
    "country": _("Country"),
    "mailbox_provider": _("Mailbox provider"),
    "lifecycle": _("Lifecycle stage"),
    "stage_since": _("Reached their stage"),
    "score": _("Engagement score"),
    "created_at": _("Joined"),
    "engaged_at": _("Last open or click"),
}
