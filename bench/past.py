"""A thousand campaigns and millions of events, in sets: what the screens of campaigns meet in a large installation."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.db import connection
from django.utils import timezone

from bench.people import DAYS
from bench.stand import ROOT
from campaigns.models import Campaign
from campaigns.queries.facts import known_tags
from campaigns.types import CampaignState
from deliverability.models import Mailing, Stream
from deliverability.services.partitions import ensure_partitions
from subscribers.models import MailingList
from templates_app.models import Template, TemplateVersion
from templates_app.services.versions import publish_version

DRAFTS, SCHEDULED, CANCELLED, SENT = 41, 60, 17, 880
# Of all people: the last one sent, the ten before it, the rest; and the two that are being sent or paused.
LAST, BEFORE, OLDER, SENDING = 1.0, 0.1, 0.0015, 1.0
TEMPLATES = 60
_MONTHS = """
INSERT INTO deliverability_event (occurred_at, kind, mailing_id, recipient_id, mailbox_provider)
SELECT now() - month * interval '1 month', 1, 0, 0, '' FROM generate_series(0, %s) month
"""
# Everybody is accepted but one in 67, who is refused; one in 40 was put off first.
_DELIVERIES = """
INSERT INTO deliverability_event (occurred_at, kind, mailing_id, recipient_id, mailbox_provider, attempt, code, detail)
SELECT %(at)s + n * interval '1 ms', CASE WHEN id %% 67 = 5 THEN 3 ELSE 1 END, %(mailing)s, id, mailbox_provider, 1,
    CASE WHEN id %% 67 = 5 THEN 550 ELSE 250 END,
    CASE WHEN id %% 67 = 5 THEN '5.1.1 The email account that you tried to reach does not exist.' ELSE '2.0.0 OK' END
FROM (
    SELECT id, mailbox_provider, row_number() OVER () AS n FROM subscribers_contact ORDER BY id LIMIT %(people)s
) people
UNION ALL
SELECT %(at)s, 2, %(mailing)s, id, mailbox_provider, 1, 450, '4.7.1 Try again later'
FROM (SELECT * FROM subscribers_contact ORDER BY id LIMIT %(people)s) people WHERE id %% 40 = 7
"""
# A third opens, some of them through a privacy proxy, and most within hours; one in twenty clicks.
_ENGAGEMENT = """
INSERT INTO deliverability_event (occurred_at, kind, mailing_id, recipient_id, mailbox_provider, link, agent_kind,
    agent, ip)
SELECT %(at)s + power(id %% 997 / 997.0, 4) * %(hours)s * interval '1 hour', kind, %(mailing)s, id, mailbox_provider,
    CASE WHEN kind = 8 THEN (id %% 13) / 3 END, CASE WHEN id %% 9 = 1 THEN 2 WHEN id %% 31 = 3 THEN 3 ELSE 1 END,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15', '192.0.2.7'
FROM (SELECT id, mailbox_provider FROM subscribers_contact ORDER BY id LIMIT %(people)s) people
CROSS JOIN (VALUES (7), (7), (8)) kinds (kind)
WHERE id %% 67 <> 5 AND (kind = 7 AND id %% 5 = 2 OR kind = 8 AND id %% 20 = 2)
"""
_COUNTS = """
INSERT INTO deliverability_mailingcount (mailing_id, mailbox_provider, kind, total)
SELECT mailing_id, mailbox_provider, kind, count(*) FROM deliverability_event GROUP BY 1, 2, 3
"""
_OPEN_BATCHES = """
INSERT INTO deliverability_deliverybatch (mailing_id, stream_id, mailbox_provider, priority, recipient_ids, attempt,
    failures, first_due_at, due_at, state, lease_owner, epoch)
SELECT %(mailing)s, %(stream)s, mailbox_provider, 0, array_agg(id), CASE WHEN block %% 40 = 0 THEN 2 ELSE 1 END, 0,
    now(), now(), 0, '', 0
FROM (SELECT id, mailbox_provider, row_number() OVER (PARTITION BY mailbox_provider ORDER BY id) / 500 AS block
    FROM subscribers_contact ORDER BY id OFFSET %(from)s) waiting GROUP BY mailbox_provider, block
"""
_EXCLUSIONS = """
INSERT INTO campaigns_exclusion (campaign_id, reason, contact_ids)
SELECT campaign.id, reason, (SELECT array_agg(n) FROM generate_series(1, 400) n)
FROM campaigns_campaign campaign, (VALUES ('unsubscribed'), ('suppressed'), ('paused')) reasons (reason)
WHERE campaign.mailing_id IS NOT NULL
"""
_AGES = """
UPDATE campaigns_campaign SET created_at = at - interval '2 days', edited_at = at - interval '1 day'
FROM (SELECT id, least(coalesce(started_at, now()), now()) AS at FROM campaigns_campaign) aged
WHERE aged.id = campaigns_campaign.id
"""
_ACTIVITIES = """
INSERT INTO campaigns_campaignactivity (campaign_id, happened_at, actor, text)
SELECT id, created_at, 'Paula', text FROM campaigns_campaign,
    (VALUES ('Created'), ('Reviewed'), ('Scheduled'), ('Sending to 1,000 people')) words (text)
"""


@dataclass(frozen=True)
class Sent:
    """A campaign with a mailing: how many people it has reached, of how many, from when on."""

    campaign: Campaign
    reached: int
    audience: int

    @property
    def started_at(self) -> datetime:
        assert self.campaign.started_at
        return self.campaign.started_at


def make_campaigns(people: int) -> None:
    """Needs the people, an organisation and a stream for marketing."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, [DAYS // 30 + 1])
        ensure_partitions()
        cursor.execute("DELETE FROM deliverability_event WHERE mailing_id = 0")
        version = make_templates()
        _unsent(version)
        for each in _sent(version, people):
            hours = max(0.1, min(48.0, (timezone.now() - each.started_at).total_seconds() / 3600))
            values = {"mailing": each.campaign.mailing_id, "at": each.started_at, "people": each.reached}
            cursor.execute(_DELIVERIES, values)
            cursor.execute(_ENGAGEMENT, {**values, "hours": hours})
            if each.reached < each.audience:
                cursor.execute(_OPEN_BATCHES, {**values, "stream": each.campaign.stream_id, "from": each.reached})
        for statement in (_COUNTS, *_counts_of_people(), _EXCLUSIONS, _AGES, _ACTIVITIES):
            cursor.execute(statement)


def _counts_of_people() -> tuple[str, str, str]:
    """The statements that filled the roll-ups where there were events before there were roll-ups."""
    migration = import_module("deliverability.migrations.0011_count_people")
    return migration.PEOPLE_SO_FAR, migration.LINKS_SO_FAR, migration.MINUTES_SO_FAR


def make_templates() -> TemplateVersion:
    starter = (ROOT / "templates_app" / "starters" / "newsletter.mjml").read_text()
    made = [Template.objects.create(name=f"Letter {number}", source=starter) for number in range(TEMPLATES)]
    versions = [
        publish_version(template_id=each.pk, subject="News for {{ contact.first_name }}", known_tags=known_tags())
        for each in made
    ]
    return versions[-1]


def _unsent(version: TemplateVersion) -> None:
    now = timezone.now()
    for number in range(DRAFTS):
        make_campaign(version, f"Draft {number}", CampaignState.DRAFT)
    for number in range(CANCELLED):
        make_campaign(version, f"Dropped {number}", CampaignState.CANCELLED, finished_at=now - timedelta(days=number))
    for number in range(SCHEDULED):
        at = now + timedelta(days=number % 30, hours=number)
        make_campaign(version, f"Coming {number}", CampaignState.SCHEDULED, starts_at=at, send_at=at)


def _sent(version: TemplateVersion, people: int) -> Iterator[Sent]:
    """From the oldest on."""
    now = timezone.now()
    for number in range(SENT, 0, -1):
        share = LAST if number == 1 else BEFORE if number <= 11 else OLDER
        at = now - timedelta(days=3) - (number - 1) * timedelta(days=DAYS) / SENT
        audience = round(people * share)
        finished = at + timedelta(hours=1)
        yield Sent(_mailed(version, f"Letter {number}", CampaignState.SENT, at, audience, finished), audience, audience)
    for state, reached, hours in ((CampaignState.PAUSED, 0.01, 30), (CampaignState.SENDING, 0.4, 1)):
        audience = round(people * SENDING)
        campaign = _mailed(version, f"Now {state}", state, now - timedelta(hours=hours), audience)
        yield Sent(campaign, round(people * reached), audience)


def _mailed(
    version: TemplateVersion, name: str, state: CampaignState, at: datetime, audience: int,
    finished_at: datetime | None = None,
) -> Campaign:  # fmt: skip
    campaign = make_campaign(
        version, name, state, starts_at=at, started_at=at, finished_at=finished_at, audience_count=audience
    )
    is_paused = state == CampaignState.PAUSED
    campaign.mailing = Mailing.objects.create(
        stream=campaign.stream,
        composer="campaign",
        reference=str(campaign.pk),
        links=version.links,
        state=Mailing.State.PAUSED if is_paused else Mailing.State.RUNNING,
    )
    Mailing.objects.filter(pk=campaign.mailing.pk).update(created_at=at)
    campaign.save(update_fields=["mailing"])
    return campaign


def make_campaign(version: TemplateVersion, name: str, state: CampaignState, **fields: object) -> Campaign:
    stream = Stream.objects.get(slug="marketing")
    return Campaign.objects.create(
        name=name,
        subject=f"{name}: what is new at the roastery",
        from_name="The roastery",
        from_email=stream.from_email,
        mailing_list=MailingList.objects.get(slug="list-0"),
        template_id=version.template_id,
        version=version if state != CampaignState.DRAFT else None,
        stream=stream,
        state=state,
        **fields,
    )
