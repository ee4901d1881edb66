"""How imports read on screens."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from subscribers.models import ImportRun
from subscribers.rules.imports.headers import Field
from subscribers.rules.imports.holding import Decision, HoldReason

Words = str | Promise

# What a column of a file can become.
FIELDS: dict[str, Words] = {
    Field.EMAIL: gettext_lazy("E-mail address"),
    Field.FIRST_NAME: gettext_lazy("First name"),
    Field.LAST_NAME: gettext_lazy("Last name"),
    Field.FULL_NAME: gettext_lazy("Full name, to be split"),
    Field.LOCALE: gettext_lazy("Language"),
    Field.COUNTRY: gettext_lazy("Country"),
    Field.TIME_ZONE: gettext_lazy("Time zone"),
    Field.BOUGHT_OR_ASKED: gettext_lazy("When they last bought or asked"),
    Field.ENGAGED: gettext_lazy("When they last opened or clicked"),
    Field.RATING: gettext_lazy("Their rating, 1 to 5 stars"),
    Field.OPT_OUT: gettext_lazy("Says who has left"),
    Field.CONSENT: gettext_lazy("Says who agreed"),
    Field.CONFIRMED: gettext_lazy("Says who confirmed"),
    Field.STATUS: gettext_lazy("Status of the subscription"),
}
# Why a row waits for review.
HELD: dict[str, Words] = {
    HoldReason.TYPO: gettext_lazy("Addresses that look mistyped"),
    HoldReason.DISPOSABLE: gettext_lazy("Mailboxes for one use"),
    HoldReason.ROLE: gettext_lazy("Role accounts, such as info@"),
    HoldReason.DEAD_DOMAIN: gettext_lazy("Domains that take no mail"),
    HoldReason.BOUNCED: gettext_lazy("Addresses that bounced before"),
    HoldReason.CONFLICT: gettext_lazy("Rows of one address that name different people"),
    HoldReason.UNSTATED: gettext_lazy("Rows whose own column leaves permission open"),
}
DECISIONS: dict[str, Words] = {
    Decision.MEND: gettext_lazy("Accept the suggestion"),
    Decision.IMPORT: gettext_lazy("Import as it stands"),
    Decision.REJECT: gettext_lazy("Reject"),
}
RUNS: dict[str, tuple[Words, str]] = {
    ImportRun.State.DRAFT: (gettext_lazy("Not started"), ""),
    ImportRun.State.QUEUED: (gettext_lazy("Starts in a moment"), "info"),
    ImportRun.State.RUNNING: (gettext_lazy("Running"), "info"),
    ImportRun.State.FINISHED: (gettext_lazy("Finished"), "ok"),
    ImportRun.State.FAILED: (gettext_lazy("Broke off"), "bad"),
    ImportRun.State.PAUSED: (gettext_lazy("Paused"), "warn"),
    ImportRun.State.CANCELLED: (gettext_lazy("Cancelled"), ""),
    ImportRun.State.UNDOING: (gettext_lazy("Being undone"), "info"),
    ImportRun.State.UNDONE: (gettext_lazy("Undone"), ""),
}
REPORTS: dict[str, tuple[Words, Words]] = {
    "rejects": (
        gettext_lazy("Rows that were rejected"),
        gettext_lazy(
            "Row, column, value and reason of each. Mend your file and import it again: the others stay as they are."
        ),
    ),
    "kept-out": (gettext_lazy("People who were kept out"), gettext_lazy("They are contacts, and get no mail by this.")),
    "left-out": (gettext_lazy("Cells that were left out"), gettext_lazy("The rest of their rows was imported.")),
}


def time_left(seconds: int | None) -> str:
    """`about 40 seconds left`; empty while nobody knows."""
    if seconds is None:
        return ""
    if seconds < 10:
        return _("a few seconds left")
    if seconds < 55:
        return _("about %(count)s seconds left") % {"count": round(seconds, -1)}
    minutes = max(round(seconds / 60), 1)
    if minutes < 60:
        return _("about a minute left") if minutes == 1 else _("about %(count)s minutes left") % {"count": minutes}
    hours, rest = divmod(minutes, 60)
    return _("about %(hours)s h %(minutes)s min left") % {"hours": hours, "minutes": rest}
