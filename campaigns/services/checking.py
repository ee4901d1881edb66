"""Checks a campaign as it stands, without freezing anything: what the checklist shows while somebody still writes."""

from django.utils import timezone

from accounts.errors import OrganisationMissing
from accounts.queries.organisation import current_organisation
from accounts.rules.clocks import day_and_clock
from campaigns.models import Campaign
from campaigns.queries.audience_words import audience_name
from campaigns.queries.facts import campaign_facts, known_tags
from campaigns.rules import checks
from campaigns.rules.checks import Problem
from subscribers.queries.audience.selection import AudienceCounts
from templates_app.errors import TemplateErrors
from templates_app.services.compilation import compile_content
from templates_app.types import FooterFacts


def problems(campaign: Campaign, counts: AudienceCounts | None) -> tuple[list[Problem], list[Problem]]:
    """What must be fixed and what is worth a look; without counts, nothing is said of the audience."""
    must_fix, worth_a_look = fact_problems(campaign, counts)
    return [*must_fix, *_content_problems(campaign)], worth_a_look


def fact_problems(campaign: Campaign, counts: AudienceCounts | None) -> tuple[list[Problem], list[Problem]]:
    """The same of everything but the content."""
    facts = campaign_facts(campaign)
    must_fix, worth_a_look = checks.must_fix(facts), checks.worth_a_look(facts)
    if campaign.send_at and campaign.send_at < timezone.now():
        must_fix.append(checks.time_has_passed(day_and_clock(campaign.send_at, campaign.time_zone)))
    if campaign.mailing_list and counts:
        list_name, excluded = audience_name(campaign), counts.total - counts.included
        if not counts.included:
            must_fix.append(checks.empty_audience(list_name=list_name, excluded=excluded))
        elif excluded > counts.included:
            worth_a_look.append(checks.mostly_excluded(list_name=list_name, excluded=excluded))
    return must_fix, worth_a_look


def of_template(errors: TemplateErrors) -> list[Problem]:
    """What a template says, in the words of a campaign's checks."""
    return [Problem("content", each.message, each.advice, each.line) for each in errors.problems]


def _content_problems(campaign: Campaign) -> list[Problem]:
    if campaign.template is None:
        return []
    try:
        compile_content(
            source=campaign.template.source,
            subject=campaign.subject,
            preheader=campaign.preheader,
            organisation=_footer(),
            known_tags=known_tags(),
        )
    except TemplateErrors as errors:
        return of_template(errors)
    return []


def _footer() -> FooterFacts | None:
    try:
        organisation = current_organisation()
    except OrganisationMissing:
        return None
    return FooterFacts(organisation.name, organisation.postal_address)
