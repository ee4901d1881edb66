"""Counts segments for their history, and thins out what has grown old."""

import logging
from datetime import timedelta

from django.db import IntegrityError
from django.db.models import Min
from django.db.models.functions import TruncMonth
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import RulesRefused, SegmentGone
from subscribers.models import Segment, SegmentSize
from subscribers.queries.segments.asking import count_people
from subscribers.queries.segments.library import known, segment_rule
from subscribers.rules.segments.writing import write_rules

logger = logging.getLogger(__name__)
# Every day for thirteen months, so that a year can be compared with the last; then one day of each month.
KEPT_DAYS = 400


def take_snapshot(*, actor: Actor, segment_id: int, seconds: float | None = None) -> SegmentSize:
    """Count the segment now and keep the number.

    Raises RulesRefused, SegmentGone, PermissionRefused, and TookTooLong where somebody waits no longer than `seconds`.
    """
    require(actor, "subscribers.view")
    now = timezone.now()
    rule = segment_rule(segment_id, known())
    people = count_people(rule, now=now, seconds=seconds)
    return SegmentSize.objects.create(segment_id=segment_id, taken_at=now, people=people, rules=write_rules(rule))


def take_snapshots(*, actor: Actor) -> int:
    """Of every segment that can be read; how many those were. One that cannot holds up no other."""
    taken = 0
    for segment_id in Segment.objects.order_by("pk").values_list("pk", flat=True):
        try:
            take_snapshot(actor=actor, segment_id=segment_id)
        except (RulesRefused, SegmentGone, IntegrityError) as error:
            logger.warning("segment %s was not counted: %s", segment_id, error)
        else:
            taken += 1
    return taken


def forget_snapshots() -> int:
    """Of those that are older than KEPT_DAYS, all but the first of each month; how many went."""
    old = SegmentSize.objects.filter(taken_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    firsts = old.annotate(month=TruncMonth("taken_at")).values("segment", "month").annotate(first=Min("pk"))
    gone, _ = old.exclude(pk__in=list(firsts.values_list("first", flat=True))).delete()
    return gone
