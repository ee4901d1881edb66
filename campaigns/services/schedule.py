"""Schedules a campaign, and takes it back while nothing has left."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.queries.team import member_id
from accounts.rules.clocks import day_and_clock, kept
from accounts.services.permission import SENDWELL, require
from accounts.types import Actor
from campaigns.errors import ApprovalNeeded, UnusableTime
from campaigns.models import Campaign
from campaigns.queries.approval import approval_limit, gap_of
from campaigns.queries.audience_of import audience_of
from campaigns.rules.approval import Gap
from campaigns.rules.lifecycle import Action
from campaigns.rules.moments import first_start, moment_of, zone_of
from campaigns.rules.words import people
from campaigns.services.stepping import expect, lock, step
from subscribers.queries.audience.selection import audience_counts

# A click takes a moment: "10:00" pressed at 10:00:30 means now.
_TOLERANCE = timedelta(minutes=1)


@transaction.atomic
def schedule(
    *,
    campaign_id: int,
    actor: Actor,
    send_at: datetime | None = None,
    time_zone: str = "UTC",
    undo_seconds: int | None = None,
) -> Campaign:
    """Let a reviewed campaign start at `send_at`, or now, but not before its undo window has passed.

    A naive `send_at` is what clocks in `time_zone` show. `undo_seconds` replaces the campaign's own window.
    Raises UnusableTime, ApprovalNeeded, NotPossibleNow, UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.send")
    campaign = lock(campaign_id)
    expect(campaign, Action.SCHEDULE)
    _expect_approval(campaign, actor)
    now = timezone.now()
    moment = _moment(send_at, time_zone, now)
    undo_seconds = campaign.undo_seconds if undo_seconds is None else undo_seconds
    starts_at = first_start(send_at=moment, now=now, undo_seconds=undo_seconds)
    step(
        campaign,
        Action.SCHEDULE,
        actor=actor,
        text=f"Scheduled: starts {kept(starts_at)}.",
        send_at=moment,
        time_zone=time_zone,
        undo_seconds=undo_seconds,
        starts_at=starts_at,
        requester_id=member_id(actor),
        held_because="",
    )
    return campaign


@transaction.atomic
def unschedule(*, campaign_id: int, actor: Actor) -> Campaign:
    """Undo: the campaign is only reviewed again, and nothing of it leaves.

    Works until sending has really begun, even past `starts_at`: start takes the same row lock, so exactly one of the
    two happens. Raises NotPossibleNow once sending has begun, UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.send")
    campaign = lock(campaign_id)
    step(campaign, Action.UNSCHEDULE, actor=actor, text="Unscheduled: nothing was sent.", starts_at=None)
    return campaign


@transaction.atomic
def move(*, campaign_id: int, actor: Actor, send_at: datetime, time_zone: str) -> Campaign:
    """Let a scheduled campaign start at another time; its review stands. A naive `send_at` is as in `schedule`.

    Raises UnusableTime, NotPossibleNow once sending has begun, UnknownCampaign, PermissionRefused.
    """
    require(actor, "campaigns.send")
    campaign = lock(campaign_id)
    expect(campaign, Action.MOVE)
    now = timezone.now()
    moment = _moment(send_at, time_zone, now)
    starts_at = first_start(send_at=moment, now=now, undo_seconds=campaign.undo_seconds)
    before = kept(campaign.starts_at) if campaign.starts_at else ""
    text = f"Moved from {before} to {kept(starts_at)}."
    changes = {"send_at": moment, "time_zone": time_zone, "starts_at": starts_at}
    step(campaign, Action.MOVE, actor=actor, text=text, **changes)
    return campaign


def _expect_approval(campaign: Campaign, actor: Actor) -> None:
    """Counts the audience of this moment where the rule could apply; start counts again."""
    limit = approval_limit()
    audience = audience_of(campaign)
    if actor is SENDWELL or limit is None or audience is None:
        return
    count = audience_counts(audience).included
    gap = gap_of(campaign, people=count, requester_id=member_id(actor))
    if gap == Gap.NOBODY_APPROVED:
        raise ApprovalNeeded(
            f"“{campaign.name}” goes to {people(count)}, and above {limit:,} a second person must approve it, so "
            "nothing was sent. Ask a colleague to approve it on its page."
        )
    if gap == Gap.SAME_PERSON:
        raise ApprovalNeeded(
            f"You approved “{campaign.name}” yourself, and it takes two above {limit:,} people, so nothing was sent. "
            "Ask a colleague to send it."
        )


def _moment(send_at: datetime | None, time_zone: str, now: datetime) -> datetime | None:
    zone = zone_of(time_zone)
    if zone is None:
        raise UnusableTime(
            f"There is no time zone “{time_zone}”, so nothing was scheduled. Use an IANA name such as Europe/Berlin."
        )
    if send_at is None:
        return None
    moment = send_at.astimezone(UTC) if send_at.tzinfo else moment_of(send_at, zone)
    if moment is None:
        raise UnusableTime(
            f"Clocks in {time_zone} skip {send_at:%H:%M on %d %B %Y}, so nothing was scheduled. Choose an hour later."
        )
    if moment < now - _TOLERANCE:
        raise UnusableTime(
            f"{day_and_clock(moment, time_zone)} has passed, so nothing was scheduled. "
            "Choose a later time, or send now."
        )
    return moment
