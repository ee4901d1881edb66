"""Starts campaigns whose time has come: checks once more, freezes the audience, and hands it to the outbox."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.queries.approval import approval_limit, gap_of
from campaigns.queries.audience_now import forget_counts
from campaigns.queries.audience_of import audience_of
from campaigns.queries.audience_words import audience_name
from campaigns.queries.facts import campaign_facts
from campaigns.rules.approval import Gap
from campaigns.rules.checks import empty_audience, must_fix
from campaigns.rules.lifecycle import Action
from campaigns.rules.words import people
from campaigns.services.stepping import note, step
from campaigns.types import CampaignState
from deliverability.services.mailings import open_mailing
from deliverability.services.outbox import enqueue_selected
from deliverability.types import Canary
from subscribers.queries.audience.quiet_hours import windows
from subscribers.queries.audience.selection import audience_sql
from subscribers.queries.segments.asking import room
from subscribers.types import Audience

logger = logging.getLogger(__name__)
ACTOR = "Sendwell"
_EXCLUSION_SIZE = 10_000
_AUDIENCE_TABLE = "campaign_audience"
# Arrays of people who are left out, sorted, so that one person is found without unfolding the rest.
_EXCLUDE = f"""
INSERT INTO campaigns_exclusion (campaign_id, reason, contact_ids)
SELECT %s, reason, array_agg(contact_id ORDER BY contact_id) FROM (
    SELECT reason, contact_id,
        (row_number() OVER (PARTITION BY reason ORDER BY contact_id) - 1) / {_EXCLUSION_SIZE} AS part
    FROM {_AUDIENCE_TABLE} WHERE reason IS NOT NULL) numbered
GROUP BY reason, part
"""  # noqa: S608  only constants of this module


_FREEZE_LOCK = 7_041_766_505_215_104


def one_freeze_at_a_time() -> None:
    """Until the open transaction ends. Two freezes at once would each find the room under a cap that only one has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FREEZE_LOCK])


def start_due() -> list[int]:
    """Start every campaign whose time has come; the ids of those that started. Safe to run twice and at once.

    One that fails is noted and tried again on the next run, and never holds up the others.
    """
    due = Campaign.objects.filter(state=CampaignState.SCHEDULED, starts_at__lte=timezone.now())
    started = []
    for campaign_id in due.order_by("starts_at", "id").values_list("id", flat=True):
        try:
            if start(campaign_id=campaign_id):
                started.append(campaign_id)
        except Exception as error:
            logger.exception("campaign %s could not start", campaign_id)
            _note_failure(campaign_id, error)
    return started


@transaction.atomic
def start(*, campaign_id: int) -> bool:
    """Freeze and release one campaign in a single transaction. False if it is not due, or somebody else has it."""
    campaign = (
        Campaign.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
        .filter(pk=campaign_id, state=CampaignState.SCHEDULED, starts_at__lte=timezone.now())
        .first()
    )
    if campaign is None:
        return False
    if problems := must_fix(campaign_facts(campaign)):
        _hold(campaign, str(problems[0]))
        return False
    one_freeze_at_a_time()
    audience = audience_of(campaign)
    if campaign.version is None or audience is None:
        raise RuntimeError("a scheduled campaign has a version and a list")
    now = timezone.now()
    count = _select(audience, now)
    lack = _lacking_approval(campaign, count)
    if lack:
        _hold(campaign, lack)
    else:
        _release(campaign, campaign.version.links, now)
    _drop_selection()
    return not lack


def _hold(campaign: Campaign, why: str) -> None:
    text = f"Not started, nothing was sent: {why}"[:500]
    step(campaign, Action.UNSCHEDULE, actor=ACTOR, text=text, starts_at=None, held_because=text)
    forget_counts(campaign)


def _lacking_approval(campaign: Campaign, count: int) -> str:
    """The list may have grown since somebody pressed Send. What a command scheduled needs nobody else."""
    limit = approval_limit()
    if limit is None or campaign.requester_id is None:
        return ""
    gap = gap_of(campaign, people=count, requester_id=campaign.requester_id)
    grown = f"by now it would go to {people(count)}, and above {limit:,} it takes two."
    if gap == Gap.NOBODY_APPROVED:
        return f"{grown} Have a colleague approve it on its page, then send it again."
    if gap == Gap.SAME_PERSON:
        return f"{grown} {campaign.approved_by} both approved and sent it. Let a colleague send it again."
    return ""


def _release(campaign: Campaign, links: Sequence[str], now: datetime) -> None:
    mailing = open_mailing(
        stream_id=campaign.stream_id,
        composer="campaign",
        reference=str(campaign.pk),
        title=campaign.name,
        links=links,
        canary=Canary(campaign.canary_percent, campaign.canary_minutes),
    )
    left_out = _exclude(campaign.pk)
    count = enqueue_selected(mailing_id=mailing.pk, table=_AUDIENCE_TABLE, windows=windows(_time_zones(), now))
    text = f"Sending started: {people(count)}, {left_out:,} left out."
    step(
        campaign,
        Action.START,
        actor=ACTOR,
        text=text,
        mailing_id=mailing.pk,
        audience_count=count,
        started_at=timezone.now(),
    )
    if not count:
        reason = empty_audience(list_name=audience_name(campaign), excluded=left_out)
        step(campaign, Action.FINISH, actor=ACTOR, text=f"Finished at once: {reason}", finished_at=timezone.now())


def _select(audience: Audience, now: datetime) -> int:
    """Sort the people into a temporary table that nobody changes any more. Returns how many are in."""
    sql, params = audience_sql(audience, now)
    with room() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {_AUDIENCE_TABLE} ON COMMIT DROP AS {sql}", params)
        cursor.execute(f"SELECT count(*) FROM {_AUDIENCE_TABLE} WHERE reason IS NULL")  # noqa: S608
        return int(cursor.fetchone()[0])


def _exclude(campaign_id: int) -> int:
    """Leave in the table only who is in; the others become rows that stay. Returns how many those are."""
    with connection.cursor() as cursor:
        cursor.execute(_EXCLUDE, [campaign_id])
        cursor.execute(f"DELETE FROM {_AUDIENCE_TABLE} WHERE reason IS NOT NULL")  # noqa: S608
        return int(cursor.rowcount)


def _time_zones() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT time_zone FROM {_AUDIENCE_TABLE}")  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def _drop_selection() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {_AUDIENCE_TABLE}")


def _note_failure(campaign_id: int, error: Exception) -> None:
    campaign = Campaign.objects.get(pk=campaign_id)
    text = f"Sending could not start ({error}). Nothing was sent; we try again every few seconds."[:500]
    # Said once, not on every try.
    if campaign.activities.order_by("-id").values_list("text", flat=True).first() != text:
        note(campaign, actor=ACTOR, text=text)
