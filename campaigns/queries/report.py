"""What became of a campaign: how far it is, who was left out, what happened to the rest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Func, IntegerField, Sum

from campaigns.errors import UnknownCampaign
from campaigns.models import Campaign, Exclusion
from campaigns.types import CampaignState
from deliverability.queries.progress import MailingProgress, mailing_progress
from deliverability.types import EventKind
from subscribers.types import ExclusionReason

# One of these is the last word on a recipient; a deferral is followed by another.
_FINAL = (EventKind.ACCEPTED, EventKind.FAILED, EventKind.SKIPPED)


@dataclass(frozen=True, slots=True)
class CampaignReport:
    """A campaign at one moment. `counts` counts events by kind, `excluded` people whom the freeze left out."""

    campaign_id: int
    name: str
    state: CampaignState
    time_zone: str
    starts_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    audience: int | None
    excluded: dict[ExclusionReason, int]
    progress: MailingProgress

    @property
    def done(self) -> int:
        """Recipients about whom the last word is spoken."""
        return sum(self.progress.counts.get(kind, 0) for kind in _FINAL)

    def as_json(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign_id,
            "name": self.name,
            "state": self.state.value,
            "audience": self.audience,
            "excluded": {reason.value: count for reason, count in self.excluded.items()},
            "waiting": self.progress.waiting,
            "in_flight": self.progress.in_flight,
            "counts": _by_name(self.progress.counts),
            "by_mailbox_provider": {
                provider: _by_name(counts) for provider, counts in self.progress.by_mailbox_provider.items()
            },
            "started_at": self.started_at.isoformat() if self.started_at else None,
            "finished_at": self.finished_at.isoformat() if self.finished_at else None,
        }


def campaign_report(campaign_id: int) -> CampaignReport:
    """Raises UnknownCampaign."""
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise UnknownCampaign
    return CampaignReport(
        campaign_id=campaign.pk,
        name=campaign.name,
        state=CampaignState(campaign.state),
        time_zone=campaign.time_zone,
        starts_at=campaign.starts_at,
        started_at=campaign.started_at,
        finished_at=campaign.finished_at,
        audience=campaign.audience_count,
        excluded=exclusions(campaign_id),
        progress=mailing_progress(campaign.mailing_id) if campaign.mailing_id else MailingProgress(0, 0, True, None),
    )


def exclusions(campaign_id: int) -> dict[ExclusionReason, int]:
    """How many people the freeze left out, by reason in the order of testing."""
    size = Sum(Func(F("contact_ids"), function="cardinality", output_field=IntegerField()))
    rows = Exclusion.objects.filter(campaign_id=campaign_id).values_list("reason").annotate(size=size)
    found = dict(rows)
    return {reason: found[reason.value] for reason in ExclusionReason if reason.value in found}


def _by_name(counts: dict[EventKind, int]) -> dict[str, int]:
    return {kind.name.lower(): count for kind, count in counts.items()}
