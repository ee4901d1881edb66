"""How privacy requests read to the team."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from subscribers.models import PrivacyRequest
from subscribers.types import PrivacyLaw, RequestKind, RequestState

KINDS: dict[str, str | Promise] = {
    RequestKind.EXPORT: gettext_lazy("Their data"),
    RequestKind.ERASURE: gettext_lazy("Erasure"),
    RequestKind.OBJECTION: gettext_lazy("No more marketing"),
    RequestKind.RESTRICTION: gettext_lazy("Restriction"),
    RequestKind.CORRECTION: gettext_lazy("Correction"),
}
WANTS: dict[str, str | Promise] = {
    RequestKind.EXPORT: gettext_lazy("They want to know and to have everything we hold about them."),
    RequestKind.ERASURE: gettext_lazy("They want everything we hold about them to be erased."),
    RequestKind.OBJECTION: gettext_lazy("They object to marketing. This is absolute: nobody may refuse it."),
    RequestKind.RESTRICTION: gettext_lazy("They want us to keep their data and to do nothing with it."),
    RequestKind.CORRECTION: gettext_lazy("They want something that we know of them to be put right."),
}
STATES: dict[str, tuple[str | Promise, str]] = {
    RequestState.OPEN: (gettext_lazy("Waiting"), "info"),
    RequestState.FULFILLED: (gettext_lazy("Done"), "ok"),
    RequestState.REFUSED: (gettext_lazy("Refused"), ""),
}
LAWS: dict[str, str | Promise] = {
    PrivacyLaw.GDPR: gettext_lazy("GDPR: one month, and two more for a reason that they are told"),
    PrivacyLaw.CCPA: gettext_lazy("CCPA: 45 days, and 45 more for a reason that they are told"),
}


@dataclass(frozen=True, slots=True)
class Left:
    """The time that is left, in words, and the kind of their badge."""

    words: str
    kind: str


def time_left(request: PrivacyRequest) -> Left:
    left = request.due_at - timezone.now()
    if left.total_seconds() < 0:
        days = -left // timedelta(days=1)
        if days == 0:
            return Left(_("overdue since today"), "bad")
        return Left(ngettext("%(days)d day overdue", "%(days)d days overdue", days) % {"days": days}, "bad")
    if left.days == 0:
        return Left(_("due within a day"), "bad")
    kind = "warn" if left.days <= 7 else ""
    return Left(ngettext("%(days)d day left", "%(days)d days left", left.days) % {"days": left.days}, kind)


def who(request: PrivacyRequest) -> str:
    if request.contact:
        return request.contact.full_name or request.contact.email
    return request.address or _("Somebody erased")
