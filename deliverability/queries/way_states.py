"""How every way out stands with every mailbox provider at this moment, in a fixed number of queries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from redis.exceptions import RedisError

from deliverability import conf
from deliverability.models import CanaryLane, DeliveryBatch, LaneChange, Mailing, Provider, WarmupDay, WarmupPlan
from deliverability.queries.health import Health, healths
from deliverability.queries.open_lanes import OPEN_LANES
from deliverability.queries.paces import Pace, paces
from deliverability.queries.way_counts import DAY, Lately, ways_lately
from deliverability.rules.lanes import WayKey

# A change that is older than this explains nothing of today.
TOLD = timedelta(days=7)

_WAITING = f"""{OPEN_LANES}SELECT DISTINCT coalesce(step.provider_id, stream.provider_id), lane.mailbox_provider
FROM lane JOIN deliverability_stream AS stream ON stream.id = lane.stream_id
LEFT JOIN deliverability_routestep AS step ON step.stream_id = stream.id AND step.tier = 1
"""  # noqa: S608  only a constant of ours


@dataclass(frozen=True, slots=True)
class WayState:
    """One way out to one mailbox provider.

    `pace` None: Redis does not answer. `warmup` is the newest day of its warm-up, `sent_today` what counts against
    that day's cap. `canary` has not been decided yet, or was stopped and waits for a person. `change` is the last one.
    """

    way: WayKey
    provider: str
    lately: Lately
    pace: Pace | None
    sent_today: int
    warmup: WarmupDay | None
    canary: CanaryLane | None
    change: LaneChange | None
    is_waiting: bool

    @property
    def is_capped(self) -> bool:
        cap = self.warmup.cap if self.warmup else None
        return cap is not None and self.sent_today >= cap

    @property
    def is_slowed(self) -> bool:
        return self.pace is not None and self.pace != Pace()


@dataclass(frozen=True, slots=True)
class WayStates:
    """Ways, the busiest first, and by id how the providers stand that they go through."""

    ways: list[WayState]
    healths: dict[int, Health]
    is_broker_down: bool


def way_states(now: datetime | None = None) -> WayStates:
    """All that had mail within a day, have some now, or are slowed."""
    now = now or timezone.now()
    lately, waiting, changes = ways_lately(now), _waiting(), _changes(now)
    canaries, warmups = _canaries(), _warmups()
    in_force = {
        way for way, change in changes.items() if change.at > now - DAY or (change.until and change.until > now)
    }
    return _states(
        lately.keys() | waiting | canaries.keys() | in_force, now, lately, waiting, changes, canaries, warmups
    )


def way_state(way: WayKey, now: datetime | None = None) -> WayState | None:
    """One way, whether or not anything goes on there; None where there is no such provider."""
    now = now or timezone.now()
    found = _states({way}, now, ways_lately(now), _waiting(), _changes(now), _canaries(), _warmups())
    return found.ways[0] if found.ways else None


def _states(
    ways: Collection[WayKey],
    now: datetime,
    lately: Mapping[WayKey, Lately],
    waiting: Collection[WayKey],
    changes: Mapping[WayKey, LaneChange],
    canaries: Mapping[WayKey, CanaryLane],
    warmups: Mapping[WayKey, WarmupDay],
) -> WayStates:
    names = dict(Provider.objects.filter(pk__in={way.provider_id for way in ways}).values_list("pk", "name"))
    known = sorted((way for way in ways if way.provider_id in names), key=lambda way: _busiest(way, lately))
    found, sent, is_down = _from_redis(known, now)
    states = [
        WayState(
            way=way,
            provider=names[way.provider_id],
            lately=lately.get(way, Lately()),
            pace=found.get(way),
            sent_today=sent.get(way, 0),
            warmup=warmups.get(way),
            canary=canaries.get(way),
            change=changes.get(way),
            is_waiting=way in waiting,
        )
        for way in known
    ]
    return WayStates(states, healths(names), is_down)


def _busiest(way: WayKey, lately: Mapping[WayKey, Lately]) -> tuple[int, str]:
    return -lately.get(way, Lately()).accepted, way.mailbox_provider


def _from_redis(ways: list[WayKey], now: datetime) -> tuple[dict[WayKey, Pace], dict[WayKey, int], bool]:
    """Paces, what counts against today's caps, and whether Redis is silent."""
    try:
        with conf.redis_client().pipeline(transaction=False) as pipeline:
            for way in ways:
                pipeline.hmget(way.counts, ("day", "today"))
            answers = pipeline.execute()
        today = int(now.timestamp() // 86_400)
        sent = {
            way: int(count)
            for way, (day, count) in zip(ways, answers, strict=True)
            if day and count and int(day) == today
        }
        return paces(ways, now), sent, False
    except RedisError:
        return {}, {}, True


def _waiting() -> set[WayKey]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return {WayKey(provider, mailbox) for provider, mailbox in cursor.fetchall()}


def _changes(now: datetime) -> dict[WayKey, LaneChange]:
    recent = LaneChange.objects.filter(at__gt=now - TOLD)
    newest = recent.order_by("provider_id", "mailbox_provider", "-at", "-id").distinct(
        "provider_id", "mailbox_provider"
    )
    return {WayKey(change.provider_id, change.mailbox_provider): change for change in newest}


def _canaries() -> dict[WayKey, CanaryLane]:
    """Of several the newest: those that are not decided, and those whose rest waits for a person."""
    held = DeliveryBatch.objects.filter(
        mailing_id=OuterRef("mailing_id"),
        mailbox_provider=OuterRef("mailbox_provider"),
        state=DeliveryBatch.State.HELD,
    )
    stopped = Q(state=CanaryLane.State.STOPPED) & Exists(held)
    found = CanaryLane.objects.filter(
        Q(decided_at=None) | stopped, size__gt=0, mailing__state=Mailing.State.RUNNING
    ).select_related("mailing__stream")
    return {WayKey(lane.mailing.stream.provider_id, lane.mailbox_provider): lane for lane in found.order_by("pk")}


def _warmups() -> dict[WayKey, WarmupDay]:
    """The newest day of each mailbox provider of every plan that is not ended and still caps it."""
    days = WarmupDay.objects.exclude(plan__state=WarmupPlan.State.ENDED).select_related("plan")
    newest = days.order_by("plan_id", "mailbox_provider", "-day").distinct("plan_id", "mailbox_provider")
    return {
        WayKey(day.plan.provider_id, day.mailbox_provider): day for day in newest if day.phase != WarmupDay.Phase.WARM
    }
