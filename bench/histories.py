"""Two and a half years of what a million people did, in sets: mail that reached them, and what a shop tells of them."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bench.people import DAYS
from deliverability.models import Mailing, Stream
from deliverability.services.partitions import ensure_partitions

CAMPAIGNS, EVERY = 12, timedelta(days=13)
# What the shop tells of each person; with the mail of twelve campaigns it comes to twenty events.
VIEWS, ORDERS = 3.2, 1.2
# One in 67 is refused. Whom a campaign moves differs from one to the next: some open nearly all, many none.
_MAIL = """
INSERT INTO deliverability_event (occurred_at, kind, mailing_id, recipient_id, mailbox_provider, batch_id, attempt,
    code)
SELECT %(at)s + id * interval '1 ms', CASE WHEN id %% 67 = 5 THEN 3 ELSE 1 END, %(mailing)s, id, mailbox_provider,
    id / 500, 1, CASE WHEN id %% 67 = 5 THEN 550 ELSE 250 END FROM subscribers_contact ORDER BY id
"""
_ENGAGEMENT = """
INSERT INTO deliverability_event (occurred_at, kind, mailing_id, recipient_id, mailbox_provider, link, agent_kind,
    agent)
SELECT %(at)s + power(random(), 4) * interval '3 days', kind, %(mailing)s, id, mailbox_provider,
    CASE WHEN kind = 8 THEN id %% 5 END, CASE WHEN id %% 9 = 1 THEN 2 WHEN id %% 31 = 3 THEN 3 ELSE 1 END,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X)'
FROM subscribers_contact CROSS JOIN (VALUES (7, 1.0), (8, 0.12)) kinds (kind, share)
WHERE id %% 67 <> 5 AND random() < share * power((id %% 97) / 97.0, 2)
"""
# Older people have done more; the newest comes last, as it would have arrived.
_ACTIVITY = """
INSERT INTO subscribers_contactactivity (contact_id, name, occurred_at, value, properties)
SELECT %(first)s + floor(%(people)s * power(random(), 1.4)), %(name)s,
    now() - %(days)s * (1 - n / %(count)s::float) * interval '1 day', %(price)s * ceil(random() * 40) + 0.9,
    jsonb_build_object('category', (ARRAY['coffee', 'tea', 'gear'])[1 + n %% 3], 'sku', 'R' || n %% 700)
FROM generate_series(1, %(count)s) n
"""

# What `services.activities` does with the activities that it adds.
_TOTALS = """
INSERT INTO subscribers_activitytotal (contact_id, name, times, total, last_at)
SELECT contact_id, name, count(*), coalesce(sum(value), 0), max(occurred_at)
FROM subscribers_contactactivity GROUP BY contact_id, name
"""
_MONTHS = """
INSERT INTO deliverability_event (occurred_at, kind, mailing_id, recipient_id, mailbox_provider)
SELECT now() - month * interval '1 month', 1, 0, 0, '' FROM generate_series(0, %s) month
"""


def make_histories(people: int) -> None:
    """Needs the people and a stream for marketing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5), min(id) FROM subscribers_contact")
        first = cursor.fetchone()[1]
        cursor.execute(_MONTHS, [CAMPAIGNS * EVERY.days // 30 + 1])
        ensure_partitions()
        cursor.execute("DELETE FROM deliverability_event WHERE mailing_id = 0")
        for number in range(CAMPAIGNS, 0, -1):
            values = {"at": timezone.now() - number * EVERY, "mailing": _mailing(number)}
            cursor.execute(_MAIL, values)
            cursor.execute(_ENGAGEMENT, values)
        shop = {"first": first, "people": people, "days": DAYS}
        for name, per_person, price in (("viewed", VIEWS, None), ("ordered", ORDERS, 2)):
            cursor.execute(_ACTIVITY, {**shop, "name": name, "count": round(per_person * people), "price": price})
        cursor.execute(_TOTALS)


def _mailing(number: int) -> int:
    stream = Stream.objects.get(slug="marketing")
    made = Mailing.objects.create(stream=stream, composer="campaign", reference=f"letter {number}")
    Mailing.objects.filter(pk=made.pk).update(created_at=timezone.now() - number * EVERY - timedelta(days=1))
    return made.pk
