"""What each kind of kept data is, and on what ground it is kept, for the team and for the register."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Words = str | Promise


class KindWords(NamedTuple):
    name: Words
    what: Words
    ground: Words


_INTEREST = gettext_lazy("Legitimate interest (GDPR Art. 6(1)(f))")
KINDS: dict[str, KindWords] = {
    "mail_events": KindWords(
        gettext_lazy("Events of mail"),
        gettext_lazy(
            "What happened to each mail, with servers’ words. Goes by whole months; reports keep their numbers."
        ),
        _INTEREST,
    ),
    "inbound_mails": KindWords(
        gettext_lazy("Mail that came back"), gettext_lazy("Bounces and complaints as they came in."), _INTEREST
    ),
    "webhooks": KindWords(
        gettext_lazy("Webhooks of providers"), gettext_lazy("Requests of providers as they came in."), _INTEREST
    ),
    "activities": KindWords(
        gettext_lazy("Activities"),
        gettext_lazy("What people did in your shop or app. How often and how much in all stays."),
        _INTEREST,
    ),
    "consent_evidence": KindWords(
        gettext_lazy("People who left, and their consent"),
        gettext_lazy("Counted from the last thing heard of them. That they left stays as a keyed hash."),
        gettext_lazy("Proof of consent (GDPR Art. 7(1), CASL s. 13)"),
    ),
    "import_uploads": KindWords(
        gettext_lazy("Uploads nobody imported"),
        gettext_lazy("Files of drafts. An upload that is imported goes at once."),
        gettext_lazy("No longer needed (GDPR Art. 5(1)(e))"),
    ),
    "import_reports": KindWords(
        gettext_lazy("Reports of imports"), gettext_lazy("Lists of rows that were not imported, and why."), _INTEREST
    ),
    "test_mails": KindWords(gettext_lazy("Test mails"), gettext_lazy("Which addresses tests went to."), _INTEREST),
    "privacy_requests": KindWords(
        gettext_lazy("Answered privacy requests"),
        gettext_lazy("What was asked and how it was answered."),
        gettext_lazy("Accountability (GDPR Art. 5(2))"),
    ),
    "audit_log": KindWords(
        gettext_lazy("Audit log"),
        gettext_lazy("Who of the team changed what."),
        gettext_lazy("Security (GDPR Art. 32)"),
    ),
    "unconfirmed": KindWords(
        gettext_lazy("Sign-ups nobody confirmed"),
        gettext_lazy("Chosen with the policy of sign-ups, under Permission."),
        gettext_lazy("Steps before consent (GDPR Art. 6(1)(b))"),
    ),
    "import_undo": KindWords(
        gettext_lazy("How to undo imports"),
        gettext_lazy("Values from before. Set on the server: SENDWELL_IMPORT_UNDO_DAYS."),
        _INTEREST,
    ),
    "held_rows": KindWords(
        gettext_lazy("Rows held for review"),
        gettext_lazy("Risky rows of imports. Set on the server: SENDWELL_HELD_ROW_DAYS."),
        _INTEREST,
    ),
    "soft_bounces": KindWords(
        gettext_lazy("Counts of mail that came back for now"), gettext_lazy("By keyed hash."), _INTEREST
    ),
    "flow_counts": KindWords(
        gettext_lazy("Five-minute counts"), gettext_lazy("Numbers that guardrails read. They name nobody."), _INTEREST
    ),
    "pace_changes": KindWords(
        gettext_lazy("Changes of pace"), gettext_lazy("Servers’ words on how fast we may send."), _INTEREST
    ),
    "late_traces": KindWords(
        gettext_lazy("Numbers of erased people"),
        gettext_lazy("So that what comes in late about them, such as a bounce, is found and goes too."),
        gettext_lazy("Erasure (GDPR Art. 17)"),
    ),
    "dormant": KindWords(
        gettext_lazy("People who are silent"),
        gettext_lazy("Never deleted by themselves: the sunset policy stops the mail."),
        gettext_lazy("Consent (GDPR Art. 6(1)(a))"),
    ),
    "suppressions": KindWords(
        gettext_lazy("Suppressions"),
        gettext_lazy("As long as a no holds; after an erasure only as a keyed hash."),
        gettext_lazy("Legal duty (GDPR Art. 21(3), CAN-SPAM, CASL)"),
    ),
}


def how_long(days: int | None) -> str:
    if days is None:
        return _("Until somebody deletes it")
    if days % 365 == 0:
        return ngettext("%(years)d year", "%(years)d years", days // 365) % {"years": days // 365}
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
