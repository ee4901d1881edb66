"""The nightly judgement: who has been silent for how long, and what follows."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from deliverability.services.suppression import suppress_many
from deliverability.types import NewSuppression, Scope, SuppressionReason
from subscribers.models import SunsetPolicy
from subscribers.queries.sunset.judging import due_sql
from subscribers.queries.sunset.policy import sunset_policy
from subscribers.rules.sunset import Policy
from subscribers.services.sunset.returning import welcome_back
from subscribers.services.sunset.turns import take_turn

ACTOR = "The sunset policy"
_GATHER = "CREATE TEMPORARY TABLE sunset_due ON COMMIT DROP AS {due}"
_KEEP = """
INSERT INTO subscribers_sunsetstanding AS standing
    (contact_id, mailing_list_id, step, since, quiet_since, mails, sent_before, gap_days, rests_until)
SELECT contact_id, mailing_list_id, step, %(now)s, quiet_since, mails, sent_count, gap_days,
    CASE WHEN %(is_on)s AND step <> 'suppress' THEN sent_at + make_interval(days => gap_days) END
FROM sunset_due ORDER BY mailing_list_id, contact_id
ON CONFLICT (mailing_list_id, contact_id) DO UPDATE SET
    since = CASE WHEN standing.step = EXCLUDED.step THEN standing.since ELSE EXCLUDED.since END,
    sent_before = CASE WHEN standing.step = EXCLUDED.step THEN standing.sent_before ELSE EXCLUDED.sent_before END,
    step = EXCLUDED.step, quiet_since = EXCLUDED.quiet_since, mails = EXCLUDED.mails, gap_days = EXCLUDED.gap_days,
    rests_until = EXCLUDED.rests_until
"""
_BACK = """
SELECT standing.id FROM subscribers_sunsetstanding standing
LEFT JOIN sunset_due due USING (mailing_list_id, contact_id) WHERE due.contact_id IS NULL
"""
_TO_SUPPRESS = """
SELECT contact.email, contact.address_key, due.mailing_list_id, due.quiet_since, due.mails
FROM sunset_due due JOIN subscribers_contact contact ON contact.id = due.contact_id
WHERE due.step = 'suppress' AND due.step_before IS DISTINCT FROM 'suppress'
"""


@transaction.atomic
def judge_people(*, now: datetime | None = None) -> int:
    """Judge everybody; returns how many a step concerns. While the policy only advises, nothing follows from it.

    Whoever is no longer silent is let go, and what the policy held against them is lifted. Safe to run twice.
    """
    take_turn()
    now, policy = now or timezone.now(), sunset_policy()
    due, params = due_sql(policy, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_GATHER.format(due=due), params)
        cursor.execute("ANALYZE sunset_due")
        cursor.execute(_BACK)
        welcome_back(standing_ids=[row[0] for row in cursor.fetchall()], why="They react again, or are not judged.")
        if policy.is_on:
            suppress_many(_suppressions(cursor, now))
        cursor.execute(_KEEP, {"now": now, "is_on": policy.is_on})
        concerned = int(cursor.rowcount)
        cursor.execute("DROP TABLE sunset_due")
    _note(now, policy)
    return concerned


def _suppressions(cursor: CursorWrapper, now: datetime) -> Iterator[NewSuppression]:
    cursor.execute(_TO_SUPPRESS)
    for email, key, list_id, quiet_since, mails in cursor.fetchall():
        yield _suppression(
            email, bytes(key), list_id, f"{_silence(now, quiet_since, mails)}, and no answer to our asking."
        )


def _suppression(email: str, key: bytes, list_id: int, evidence: str) -> NewSuppression:
    return NewSuppression(
        email, Scope.TOPIC, SuppressionReason.SUNSET, evidence, target=list_id, added_by=ACTOR, key=key
    )


def _silence(now: datetime, quiet_since: datetime, mails: int) -> str:
    return f"No click or human open in {(now - quiet_since).days} days and {mails} mails"


def _note(now: datetime, policy: Policy) -> None:
    defaults: dict[str, Any] = {"judged_at": now}
    SunsetPolicy.objects.update_or_create(
        pk=1, defaults=defaults, create_defaults=defaults | {"purchases": list(policy.purchases)}
    )
