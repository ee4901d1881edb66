"""Reviews a campaign: freezes its content, counts its audience, and says what stands in the way."""

from dataclasses import dataclass

from django.db import transaction

from accounts.errors import OrganisationMissing
from accounts.services.permission import require
from accounts.types import Actor
from campaigns.models import Campaign
from campaigns.queries.audience_of import audience_of
from campaigns.queries.facts import known_tags
from campaigns.rules.checks import Problem
from campaigns.rules.lifecycle import Action
from campaigns.rules.words import people
from campaigns.services.checking import fact_problems, of_template
from campaigns.services.stepping import expect, lock, note, step
from campaigns.types import CampaignState
from subscribers.errors import RulesRefused, SegmentGone
from subscribers.queries.audience.selection import AudienceCounts, audience_counts
from templates_app.errors import TemplateErrors
from templates_app.services.versions import publish_version


@dataclass(frozen=True, slots=True)
class Review:
    """What a review found. Content is frozen in `version_id`; counts are of this moment and are taken anew at start."""

    campaign_id: int
    version_id: int | None
    counts: AudienceCounts
    must_fix: list[Problem]
    worth_a_look: list[Problem]

    @property
    def is_ready(self) -> bool:
        return not self.must_fix


@transaction.atomic
def review(*, campaign_id: int, actor: Actor) -> Review:
    """A campaign without a problem that must be fixed becomes reviewed; any other stays, or is again, a draft.

    Raises NotPossibleNow once it is scheduled, UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.edit")
    campaign = lock(campaign_id)
    expect(campaign, Action.REVIEW)
    counts = _counts(campaign)
    version_id, content_problems = _freeze_content(campaign)
    must_fix, worth_a_look = fact_problems(campaign, counts)
    found = Review(campaign.pk, version_id, counts, [*must_fix, *content_problems], worth_a_look)
    if found.is_ready:
        text = f"Reviewed: {people(counts.included)} would get it, {counts.total - counts.included:,} would not."
        # What was approved was another mail, if the template has changed since.
        is_another = campaign.version_id != version_id
        approval = {"approved_by": "", "approved_at": None, "approver_id": None} if is_another else {}
        step(campaign, Action.REVIEW, actor=actor, text=text, version_id=version_id, **approval)
        return found
    text = f"Reviewed: {len(found.must_fix)} problem(s) must be fixed. {found.must_fix[0]}"
    if campaign.state == CampaignState.DRAFT:
        note(campaign, actor=actor, text=text)
    else:
        step(campaign, Action.EDIT, actor=actor, text=text, version_id=None)
    return found


def _counts(campaign: Campaign) -> AudienceCounts:
    audience = audience_of(campaign)
    try:
        return audience_counts(audience) if audience else AudienceCounts(0, {})
    except (SegmentGone, RulesRefused):
        # The checks say so in their own words.
        return AudienceCounts(0, {})


def _freeze_content(campaign: Campaign) -> tuple[int | None, list[Problem]]:
    if campaign.template_id is None:
        return None, []
    try:
        version = publish_version(
            template_id=campaign.template_id,
            subject=campaign.subject,
            preheader=campaign.preheader,
            known_tags=known_tags(),
        )
    except TemplateErrors as errors:
        return None, of_template(errors)
    except OrganisationMissing:
        # The checks say so in their own words.
        return None, []
    return version.pk, []
