"""How campaigns read on screens: states, reasons, mailbox providers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.types import CampaignState
from deliverability.types import EventKind

# Words and the badge's kind.
STATES: dict[CampaignState, tuple[str | Promise, str]] = {
    CampaignState.DRAFT: (_("Draft"), ""),
    CampaignState.REVIEWED: (_("Draft, reviewed"), ""),
    CampaignState.SCHEDULED: (_("Scheduled"), "info"),
    CampaignState.SENDING: (_("Sending"), "info"),
    CampaignState.PAUSED: (_("Paused"), "warn"),
    CampaignState.SENT: (_("Sent"), "ok"),
    CampaignState.CANCELLED: (_("Cancelled"), "bad"),
}
# Why people who left everything say they did; keys are subscribers.types.LeavingReason.
FAREWELLS: dict[str, str | Promise] = {
    "too_many": _("Too many emails"),
    "not_for_me": _("Not for them"),
    "no_longer_needed": _("No longer needed"),
    "never_signed_up": _("Never signed up"),
    "other": _("Another reason"),
}
# Why somebody is left out, as a line of a list; keys are ExclusionReason and SkipReason words.
REASONS: dict[str, str | Promise] = {
    "unsubscribed": _("Unsubscribed from this list"),
    "unconfirmed": _("Have not confirmed yet"),
    "consent_expired": _("Consent has expired"),
    "suppressed": _("Suppressed: bounced, complained or blocked"),
    "restricted": _("Restricted: they asked us to do nothing with their data"),
    "paused": _("Paused all mail"),
    "not_on_list": _("In the segment, but on none of the lists"),
    "excluded_list": _("On a list that you leave out"),
    "excluded_segment": _("In a segment that you leave out"),
    "resting": _("Silent for long, and written to more rarely"),
    "frequency_choice": _("Chose fewer mails, and got one lately"),
    "frequency_cap": _("Frequency cap reached"),
    "contact_gone": _("Deleted since"),
    "not_subscribed": _("No longer subscribed"),
    "cancelled": _("Cancelled before their turn"),
    "unrenderable": _("Their mail could not be composed"),
    "undeliverable_address": _("No mail can be addressed to it"),
    "merged": _("Had the mail under another address of theirs"),
}
EVENTS: dict[EventKind, str | Promise] = {
    EventKind.ACCEPTED: _("Accepted"),
    EventKind.DEFERRED: _("Put off"),
    EventKind.FAILED: _("Refused"),
    EventKind.SKIPPED: _("Held back"),
    EventKind.BOUNCED: _("Sent back"),
    EventKind.COMPLAINED: _("Reported as spam"),
    EventKind.OPENED: _("Opened"),
    EventKind.CLICKED: _("Clicked"),
    EventKind.UNSUBSCRIBED: _("Unsubscribed"),
}
FIELDS: dict[str, str | Promise] = {
    "name": _("the name"),
    "mailing_list": _("the list"),
    "more_lists": _("the other lists"),
    "segments": _("the segments"),
    "without_lists": _("the lists left out"),
    "without_segments": _("the segments left out"),
    "priority": _("the priority"),
    "from_name": _("the sender’s name"),
    "from_email": _("the sender’s address"),
    "reply_to": _("the reply address"),
    "subject": _("the subject"),
    "preheader": _("the preheader"),
    "template": _("the template"),
    "stream": _("the stream"),
    "send_at": _("the time"),
    "time_zone": _("the time zone"),
    "undo_seconds": _("the undo window"),
    "canary_percent": _("the canary"),
    "canary_minutes": _("how long the canary is watched"),
}
