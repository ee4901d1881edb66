"""How people, permissions and imports read on screens."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliverability.queries.streams import stream_names
from deliverability.types import AgentKind, EventKind, Scope, SuppressionReason
from subscribers.models import ConsentRecord, CustomField
from subscribers.queries.consent.choices import list_names
from subscribers.queries.contacts.page import Row, Total
from subscribers.types import Basis, ConsentAction, Frequency, LeavingReason, Purpose, SubscriptionState

Words = str | Promise

# Words and the badge's kind.
STATES: dict[str, tuple[Words, str]] = {
    SubscriptionState.SUBSCRIBED: (gettext_lazy("Subscribed"), "ok"),
    SubscriptionState.PENDING: (gettext_lazy("Not confirmed yet"), "warn"),
    SubscriptionState.UNSUBSCRIBED: (gettext_lazy("Unsubscribed"), ""),
}
SUPPRESSED: dict[str, Words] = {
    SuppressionReason.HARD_BOUNCE: gettext_lazy("Bounced"),
    SuppressionReason.COMPLAINT: gettext_lazy("Complained"),
    SuppressionReason.UNSUBSCRIBE: gettext_lazy("Left everything"),
    SuppressionReason.MANUAL: gettext_lazy("Taken out"),
    SuppressionReason.SOFT_BOUNCE: gettext_lazy("Kept bouncing"),
    SuppressionReason.ROLE_ACCOUNT: gettext_lazy("Role account"),
    SuppressionReason.TRAP_DOMAIN: gettext_lazy("Likely a trap"),
    SuppressionReason.ERASURE: gettext_lazy("Erased"),
    SuppressionReason.SUNSET: gettext_lazy("Silent for long"),
}
SCOPES: dict[str, Words] = {
    "everything": gettext_lazy("All mail"),
    "marketing": gettext_lazy("Marketing mail"),
    "transactional": gettext_lazy("Transactional mail"),
}
COLUMNS: dict[str, Words] = {
    "email": gettext_lazy("E-mail address"),
    "standing": gettext_lazy("Standing"),
    "name": gettext_lazy("Name"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "lists": gettext_lazy("Subscribed to"),
    "provider": gettext_lazy("Mailbox provider"),
    "country": gettext_lazy("Country"),
    "locale": gettext_lazy("Language"),
    "time_zone": gettext_lazy("Time zone"),
    "engaged_at": gettext_lazy("Last active"),
    "created_at": gettext_lazy("Added"),
}
BASES: dict[str, Words] = {
    Basis.EXPRESS: gettext_lazy("They said yes: ticked a box, signed a form, told you"),
    Basis.DOUBLE_OPT_IN: gettext_lazy("They said yes, and confirmed it from their mailbox"),
    Basis.IMPLIED_PURCHASE: gettext_lazy("They bought from you (Canada: for 24 months)"),
    Basis.IMPLIED_INQUIRY: gettext_lazy("They asked you something (Canada: for 6 months)"),
    Basis.SOFT_OPT_IN: gettext_lazy("They are customers who could refuse (EU and UK soft opt-in)"),
    Basis.LEGITIMATE_INTEREST: gettext_lazy("Legitimate interest, weighed and written down"),
}
BASIS_NAMES: dict[str, Words] = {
    Basis.EXPRESS: gettext_lazy("Express consent"),
    Basis.DOUBLE_OPT_IN: gettext_lazy("Double opt-in"),
    Basis.IMPLIED_PURCHASE: gettext_lazy("Implied by a purchase"),
    Basis.IMPLIED_INQUIRY: gettext_lazy("Implied by an inquiry"),
    Basis.SOFT_OPT_IN: gettext_lazy("Soft opt-in"),
    Basis.LEGITIMATE_INTEREST: gettext_lazy("Legitimate interest"),
}
KINDS: dict[str, Words] = {
    CustomField.Kind.TEXT: gettext_lazy("text"),
    CustomField.Kind.NUMBER: gettext_lazy("number"),
    CustomField.Kind.DATE: gettext_lazy("date"),
    CustomField.Kind.BOOLEAN: gettext_lazy("yes or no"),
    CustomField.Kind.CHOICE: gettext_lazy("choice"),
    CustomField.Kind.LIST: gettext_lazy("list"),
    CustomField.Kind.JSON: gettext_lazy("JSON"),
}
_ASKED: dict[str, Words] = {
    Purpose.MARKETING: gettext_lazy("all marketing mail"),
    Purpose.OPEN_TRACKING: gettext_lazy("tracking of opens"),
    Purpose.CLICK_TRACKING: gettext_lazy("tracking of clicks"),
    Purpose.LANGUAGE: gettext_lazy("the language of mail"),
    Purpose.ADDRESS: gettext_lazy("a new address"),
    Purpose.EXPORT: gettext_lazy("a copy of their data"),
    Purpose.ERASURE: gettext_lazy("the deletion of their data"),
}
_CHOSEN: dict[str, Words] = {
    Frequency.EVERY: gettext_lazy("every issue"),
    Frequency.WEEKLY: gettext_lazy("at most one mail a week"),
    Frequency.MONTHLY: gettext_lazy("at most one mail a month"),
}
FAREWELLS: dict[str, Words] = {
    LeavingReason.TOO_MANY: gettext_lazy("Too many emails"),
    LeavingReason.NOT_FOR_ME: gettext_lazy("Not for them"),
    LeavingReason.NO_LONGER_NEEDED: gettext_lazy("No longer needed"),
    LeavingReason.NEVER_SIGNED_UP: gettext_lazy("Never signed up"),
    LeavingReason.OTHER: gettext_lazy("Another reason"),
}
# Icon and words of an event in a person's history.
EVENTS: dict[EventKind, tuple[str, Words]] = {
    EventKind.ACCEPTED: ("check", gettext_lazy("Their server accepted")),
    EventKind.DEFERRED: ("clock", gettext_lazy("Their server put off")),
    EventKind.FAILED: ("circle-x", gettext_lazy("Their server refused")),
    EventKind.SKIPPED: ("ban", gettext_lazy("Held back before sending")),
    EventKind.BOUNCED: ("mail-x", gettext_lazy("Accepted, then sent back")),
    EventKind.COMPLAINED: ("triangle-alert", gettext_lazy("Reported as spam")),
    EventKind.OPENED: ("mail-open", gettext_lazy("Opened")),
    EventKind.CLICKED: ("mouse-pointer-click", gettext_lazy("Clicked in")),
    EventKind.UNSUBSCRIBED: ("log-out", gettext_lazy("Unsubscribed through")),
}
AGENTS: dict[AgentKind, Words] = {
    AgentKind.PROXY: gettext_lazy("by the mail program’s proxy, perhaps unseen"),
    AgentKind.MACHINE: gettext_lazy("by a machine, such as a security scanner"),
}
SKIPPED: dict[str, Words] = {
    "contact_gone": gettext_lazy("they were deleted"),
    "not_subscribed": gettext_lazy("they were no longer subscribed"),
    "consent_expired": gettext_lazy("their consent had expired"),
    "suppressed": gettext_lazy("they were suppressed"),
    "restricted": gettext_lazy("they had asked us to do nothing with their data"),
    "paused": gettext_lazy("they had paused all mail"),
    "cancelled": gettext_lazy("the campaign was cancelled before their turn"),
    "unrenderable": gettext_lazy("their mail could not be composed"),
    "undeliverable_address": gettext_lazy("no mail can be addressed to them"),
    "merged": gettext_lazy("they had it under another address of theirs"),
}


def standing(row: Row) -> tuple[Words, str]:
    """Whether this person gets mail, in one badge: what keeps it away goes before what allows it."""
    if row.suppressed:
        return SUPPRESSED[row.suppressed], "" if row.suppressed == SuppressionReason.UNSUBSCRIBE else "bad"
    if row.contact.restricted_at:
        return _("Restricted"), "warn"
    if row.is_paused:
        return _("Paused"), "warn"
    if row.lists:
        return _("Subscribed"), "ok"
    return (_("Not confirmed yet"), "warn") if row.is_pending else (_("On no list"), "")


def held_back(scope: str, target: int) -> Words:
    """What a suppression keeps away, a single list or stream by its name."""
    if scope in SCOPES:
        return SCOPES[scope]
    names = list_names() if scope == Scope.TOPIC else stream_names()
    return _("Mail of “%(name)s”") % {"name": names.get(target, _("something that is gone"))}


def in_midst(words: Words) -> str:
    """As the words stand within a sentence; a name in them keeps its capitals."""
    text = str(words)
    return text[:1].lower() + text[1:]


def how_many(total: Total) -> str:
    """`About 1,004,000 people`; an estimate keeps four digits, for it is right to no more."""
    if not total.is_estimate:
        return _("1 person") if total.count == 1 else _("%(count)s people") % {"count": f"{total.count:,}"}
    digits = max(len(str(total.count)) - 4, 0)
    return _("About %(count)s people") % {"count": f"{round(total.count, -digits):,}"}


def said(entry: ConsentRecord) -> str:
    """What a ledger entry says, as a sentence without its subject."""
    what = f"“{entry.mailing_list.name}”" if entry.mailing_list else str(_ASKED.get(entry.purpose, entry.purpose))
    sentences = {
        ConsentAction.REQUESTED: _("Asked for %(what)s, not confirmed yet"),
        ConsentAction.GRANTED: _("Agreed to %(what)s"),
        ConsentAction.WITHDRAWN: _("Withdrew from %(what)s"),
        ConsentAction.VOIDED: _("Permission for %(what)s void, as the import that stated it was undone"),
        ConsentAction.PAUSED: _("Paused %(what)s"),
        ConsentAction.RESUMED: _("Resumed %(what)s"),
        ConsentAction.CHOSEN: _("Chose for %(what)s: %(chosen)s"),
    }
    chosen = _CHOSEN.get(entry.detail, entry.detail)
    return sentences[ConsentAction(entry.action)] % {"what": what, "chosen": chosen}
