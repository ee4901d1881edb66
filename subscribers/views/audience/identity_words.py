"""How a person's identity, score and stage read on screens."""

from django.utils.translation import gettext_lazy as _

from subscribers.queries.contacts.history import Strand
from subscribers.rules.lifecycle import Stage
from subscribers.rules.scoring import Deed
from subscribers.types import RequestKind
from subscribers.views.audience.words import COLUMNS, Words

FIELD_NAMES: dict[str, Words] = {
    **{name: COLUMNS[name] for name in ("first_name", "last_name", "locale", "country", "time_zone")},
    "email": COLUMNS["email"],
    "identifier": _("id in another system"),
}
REQUESTS: dict[str, Words] = {
    RequestKind.EXPORT: _("a copy of their data"),
    RequestKind.ERASURE: _("erase me"),
    RequestKind.OBJECTION: _("object to marketing"),
    RequestKind.RESTRICTION: _("restrict what you do with me"),
    RequestKind.CORRECTION: _("correct what you know"),
}
STRANDS: dict[Strand, Words] = {
    Strand.CONSENT: _("Consent"),
    Strand.MAIL: _("Mail"),
    Strand.ACTIVITY: _("Activities"),
    Strand.TEAM: _("Team and requests"),
}
# Words and the badge's kind.
STAGES: dict[str, tuple[Words, str]] = {
    Stage.NEW: (_("New"), "info"),
    Stage.ACTIVE: (_("Active"), "ok"),
    Stage.AT_RISK: (_("At risk"), "warn"),
    Stage.DORMANT: (_("Dormant"), ""),
    Stage.LOST: (_("Lost"), "bad"),
}
DEEDS: dict[Deed, Words] = {
    Deed.PURCHASE: _("bought"),
    Deed.REPLY: _("replied"),
    Deed.CLICK: _("clicked"),
    Deed.OPEN: _("opened"),
}
ALIKE: dict[str, Words] = {
    "mailbox": _("The same mailbox, written differently"),
    "name": _("The same name at the same domain"),
    "identifier": _("The same id in two systems"),
}
