"""The stages as they are defined here: as SQL, and how many people each holds."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from subscribers.models import LifecycleDefinition
from subscribers.rules.lifecycle import DEFAULT, Stage, Stages, borders

# Of `contact`; takes `stage_params`.
STAGE = f"""CASE WHEN contact.created_at > %s THEN '{Stage.NEW}' WHEN contact.engaged_at > %s THEN '{Stage.ACTIVE}'
    WHEN coalesce(contact.engaged_at, contact.created_at) > %s THEN '{Stage.AT_RISK}'
    WHEN coalesce(contact.engaged_at, contact.created_at) > %s THEN '{Stage.DORMANT}' ELSE '{Stage.LOST}' END"""
_COUNTS = f"""
SELECT {STAGE}, count(*) FROM subscribers_contact contact
WHERE merged_into_id IS NULL AND restricted_at IS NULL GROUP BY 1
"""  # noqa: S608  only constants


def lifecycle_stages() -> Stages:
    """The team's, or the defaults."""
    found = LifecycleDefinition.objects.values_list("new", "active", "at_risk", "dormant").first()
    return Stages(*found) if found else DEFAULT


def stage_params(stages: Stages, now: datetime) -> tuple[datetime, ...]:
    at = borders(stages, now)
    return at.new, at.active, at.at_risk, at.dormant


def stage_counts(stages: Stages, *, now: datetime | None = None) -> dict[Stage, int]:
    """How many people each stage holds, or would hold; one pass, a third of a second for a million."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, stage_params(stages, now or timezone.now()))
        found = dict(cursor.fetchall())
    return {stage: found.get(stage.value, 0) for stage in Stage}
