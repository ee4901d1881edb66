"""What a server's reply means and what Sendwell does about it, in words for people who write newsletters."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliverability.queries.refusals import Refusal
from deliverability.types import EventKind

Words = str | Promise
# Name and what it means.
CLASSES: dict[str, tuple[Words, Words]] = {
    "hard": (gettext_lazy("No such mailbox"), gettext_lazy("The address does not exist.")),
    "inactive": (gettext_lazy("Mailbox closed"), gettext_lazy("The mailbox exists no more, or is switched off.")),
    "mailbox_full": (gettext_lazy("Mailbox full"), gettext_lazy("There is no room for more mail.")),
    "soft": (gettext_lazy("Passing trouble"), gettext_lazy("Something on their side is out of order for now.")),
    "block": (gettext_lazy("We are blocked"), gettext_lazy("They refuse mail from our server or domain.")),
    "policy": (gettext_lazy("Against their rules"), gettext_lazy("A rule of theirs forbids this mail.")),
    "authentication": (
        gettext_lazy("Not proved"),
        gettext_lazy("SPF, DKIM or DMARC did not prove that the mail is ours."),
    ),
    "content": (
        gettext_lazy("Content refused"),
        gettext_lazy("What is in the mail looks like spam or a virus to them."),
    ),
    "rate": (gettext_lazy("Too fast"), gettext_lazy("We sent faster than they take mail.")),
    "greylist": (gettext_lazy("Try again later"), gettext_lazy("They put every stranger off once.")),
    "other": (gettext_lazy("Not known"), gettext_lazy("No row of the reply table knows these words.")),
}
ACTIONS: dict[str, Words] = {
    "suppress": gettext_lazy("The address is suppressed."),
    "retry": gettext_lazy("It is tried again, later each time."),
    "fail": gettext_lazy("This mail is given up; the address stays."),
    "hold_stream": gettext_lazy("The stream stands still, since this concerns all of its mail."),
    "throttle": gettext_lazy("We slow down and try again."),
}
KINDS: dict[EventKind, tuple[Words, str]] = {
    EventKind.FAILED: (gettext_lazy("Refused"), "bad"),
    EventKind.BOUNCED: (gettext_lazy("Came back later"), "bad"),
    EventKind.COMPLAINED: (gettext_lazy("Reported as spam"), "bad"),
    EventKind.DEFERRED: (gettext_lazy("Put off"), "warn"),
}


def meaning_of(row: Refusal) -> str:
    """What it means and what we did; empty where nobody said anything to decide on."""
    if row.verdict is None:
        return ""
    action = ACTIONS[row.verdict.action]
    if row.kind != EventKind.DEFERRED and row.verdict.action in ("retry", "throttle"):
        action = _("It was tried until its time was over; the address stays.")
    return _("%(means)s %(action)s") % {"means": CLASSES[row.verdict.kind][1], "action": action}
