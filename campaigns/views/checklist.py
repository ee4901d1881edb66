"""What stands between a draft and its sending, each with the way to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.types import Actor
from campaigns.models import Campaign
from campaigns.rules.checks import Problem

# Where each finding is mended: the id of a field on the setup page.
_FIELD_OF = {
    "no_list": "f-mailing_list",
    "no_audience": "f-mailing_list",
    "mostly_excluded": "f-mailing_list",
    "unreadable_segment": "f-segments",
    "no_sender": "f-from_email",
    "free_from_domain": "f-from_email",
    "wrong_stream": "f-stream",
    "no_subject": "f-subject",
    "long_subject": "f-subject",
    "control_characters": "f-subject",
    "no_preheader": "f-preheader",
    "no_template": "f-template",
    "time_passed": "f-send_at",
}
# … or a page of the settings, the place on it, and what it takes to be let in.
_PAGE_OF = {
    "no_organisation": ("settings-organisation", "", "accounts.manage_organisation"),
    "no_postal_address": ("settings-organisation", "#id_postal_address", "accounts.manage_organisation"),
    "local_links": ("settings-organisation", "#public-address", "accounts.manage_organisation"),
    "no_provider": ("settings-providers", "", "deliverability.manage"),
    "stream_held": ("settings-streams", "", "deliverability.manage"),
}
_SECTIONS: tuple[tuple[str, str | Promise, str], ...] = (
    ("to", _("To"), "f-mailing_list"),
    ("from", _("From"), "f-from_name"),
    ("subject", _("Subject"), "f-subject"),
    ("content", _("Content"), "f-template"),
    ("when", _("When"), "f-when"),
    ("sending", _("Sending"), ""),
)
_SECTION_OF = {
    "no_list": "to",
    "no_audience": "to",
    "mostly_excluded": "to",
    "unreadable_segment": "to",
    "no_sender": "from",
    "free_from_domain": "from",
    "no_subject": "subject",
    "long_subject": "subject",
    "control_characters": "subject",
    "no_preheader": "subject",
    "no_template": "content",
    "content": "content",
    "time_passed": "when",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: `url` leads to where it is mended, "" for who may not mend it; `focus` is the field there; `is_grave`:
    it must be fixed."""

    what: str
    fix: str
    url: str
    focus: str
    is_grave: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One part of the campaign with what was found in it."""

    title: str | Promise
    focus: str
    findings: list[Finding]

    @property
    def state(self) -> str:
        if any(finding.is_grave for finding in self.findings):
            return "open"
        return "look" if self.findings else "done"


def finding(campaign: Campaign, problem: Problem, actor: Actor, *, is_grave: bool) -> Finding:
    what = f"{_('Line')} {problem.line}: {problem.what}" if problem.line else problem.what
    focus = _FIELD_OF.get(problem.code, "")
    return Finding(what, problem.fix, _url(campaign, problem.code, focus, actor), focus, is_grave)


def checklist_items(
    campaign: Campaign, must_fix: Iterable[Problem], worth_a_look: Iterable[Problem], actor: Actor
) -> list[Item]:
    """Every part of the page, and whatever concerns how it leaves only if there is anything to say."""
    found: dict[str, list[Finding]] = {key: [] for key, _title, _focus in _SECTIONS}
    for is_grave, problems in ((True, must_fix), (False, worth_a_look)):
        for problem in problems:
            section = _SECTION_OF.get(problem.code, "sending")
            found[section].append(finding(campaign, problem, actor, is_grave=is_grave))
    return [Item(title, focus, found[key]) for key, title, focus in _SECTIONS if key != "sending" or found[key]]


def _url(campaign: Campaign, code: str, focus: str, actor: Actor) -> str:
    here = reverse("campaign", args=[campaign.pk])
    if focus:
        return f"{here}#{focus}"
    if code == "content" and campaign.template_id:
        return f"{reverse('template', args=[campaign.template_id])}?next={here}"
    page, place, permission = _PAGE_OF.get(code, ("", "", ""))
    return f"{reverse(page)}{place}" if page and actor.has_perm(permission) else ""
