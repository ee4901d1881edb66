"""Where work waits: the lanes with open batches, their limits, and whether anything is due at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from deliverability.models import Lane, Provider, Stream, WayLimit
from deliverability.queries.caps import Caps, warmup_caps
from deliverability.queries.health import Health, healths, providers_out
from deliverability.queries.open_lanes import OPEN_LANES
from deliverability.rules.lanes import DEFAULT, UNLIMITED, LaneKey, LaneLimits, WayKey, lower
from deliverability.rules.mailbox_providers import EVERYBODY
from deliverability.rules.routes import Step
from deliverability.rules.shipped_limits import shipped_limits
from deliverability.types import StreamKind

_LANES = f"""{OPEN_LANES}SELECT lane.stream_id, lane.mailbox_provider, stream.held_reason <> '', ARRAY(
    SELECT DISTINCT batch.provider_id FROM deliverability_deliverybatch AS batch
    WHERE batch.state = 0 AND batch.unknown_until > %(now)s AND batch.due_at <= %(now)s AND batch.provider_id > 0
        AND batch.stream_id = lane.stream_id AND batch.mailbox_provider = lane.mailbox_provider
)
FROM lane JOIN deliverability_stream AS stream ON stream.id = lane.stream_id
WHERE stream.kind = %(kind)s
    AND (stream.held_reason = '' OR stream.held_until <= %(now)s)
"""  # noqa: S608  only a constant of ours
_HAS_DUE_WORK = """
SELECT EXISTS (
    SELECT FROM deliverability_deliverybatch AS batch
    JOIN deliverability_mailing AS mailing ON mailing.id = batch.mailing_id
    JOIN deliverability_stream AS stream ON stream.id = batch.stream_id
    WHERE stream.kind = %(kind)s AND batch.state = 0 AND batch.due_at <= %(now)s AND mailing.state = 'running'
        AND (stream.held_reason = '' OR stream.held_until <= %(now)s)
        AND (batch.closes_at IS NULL OR batch.closes_at > %(now)s AND batch.opens_at <= %(now)s)
        AND (batch.unknown_until IS NULL OR batch.unknown_until <= %(now)s OR NOT batch.provider_id = ANY(%(out)s))
) OR EXISTS (
    SELECT FROM deliverability_deliverybatch AS batch
    JOIN deliverability_stream AS stream ON stream.id = batch.stream_id
    WHERE stream.kind = %(kind)s AND batch.state = 1 AND batch.lease_expires_at < clock_timestamp()
)
"""


@dataclass(frozen=True, slots=True)
class WorkingLane:
    """A lane in which batches may be open, and all that bounds it: its own limits and those of its way out.

    `is_paced`: the way out hands each mail straight to the mailbox provider, so connections are kept apart by lane.
    `is_urgent`: transactional. `leaves_room`: bulk mail beside transactional mail on the same way. `cap_reason`: which
    warm-up lowers the way's hours and days; `warm_source_id`: the provider that takes what is beyond them. `was_held`:
    the stream's hold has just run out. `most_priority`: week one of a warm-up, when only the most engaged are written
    to.
    """

    key: LaneKey
    way: WayKey
    limits: LaneLimits = DEFAULT
    way_limits: LaneLimits = UNLIMITED
    is_paced: bool = False
    is_urgent: bool = False
    leaves_room: bool = False
    cap_reason: str = ""
    was_held: bool = False
    most_priority: int | None = None
    warm_source_id: int | None = None

    @property
    def messages_per_connection(self) -> int | None:
        return lower(self.limits.messages_per_connection, self.way_limits.messages_per_connection)


@dataclass(frozen=True, slots=True)
class LaneWays:
    """A lane by the ways out that its next batch may take. `by_provider` also holds the warm sources of the steps.

    `unsettled`: providers that fell silent over messages of this lane and are to be asked first.
    """

    key: LaneKey
    steps: tuple[Step, ...]
    by_provider: Mapping[int, WorkingLane]
    unsettled: tuple[int, ...] = ()

    @property
    def was_held(self) -> bool:
        return any(lane.was_held for lane in self.by_provider.values())

    def in_force(self, known: Mapping[int, Health]) -> WorkingLane:
        """The lane as it leaves now: through the first step that is not left alone, else the first."""
        return self.by_provider[_first_able(self.steps, known)]


def lanes_with_open_batches(kind: StreamKind) -> list[LaneWays]:
    """Every lane of streams of this kind that are not held and have batches that are not closed."""
    with connection.cursor() as cursor:
        cursor.execute(_LANES, {"kind": kind.value, "now": timezone.now()})
        rows = cursor.fetchall()
    found = {LaneKey(row[0], row[1]): row[2] for row in rows}
    unsettled = {LaneKey(row[0], row[1]): tuple(row[3]) for row in rows}
    ways = lane_ways(found) if found else []
    return [replace(each, unsettled=unsettled[each.key]) for each in ways]


def lane_ways(lanes: dict[LaneKey, bool], streams: Mapping[int, Stream] | None = None) -> list[LaneWays]:
    """Lanes with the limits of every way out; the values say whether the stream's hold has just run out.

    Whoever has their streams already, from `streams_with_ways`, gives them.
    """
    found = streams or streams_with_ways().in_bulk({key.stream_id for key in lanes})
    own = _own_limits(found)
    steps = {pk: steps_of(stream) for pk, stream in found.items()}
    ways = _ways({step.provider_id for own_steps in steps.values() for step in own_steps})
    return [
        _bound(key, found[key.stream_id], steps[key.stream_id], ways, _limits_of(key, own), was_held)
        for key, was_held in lanes.items()
    ]


def bounded_lanes(lanes: Collection[LaneKey], streams: Mapping[int, Stream] | None = None) -> list[WorkingLane]:
    """Lanes as mail leaves through them now."""
    ways = lane_ways(dict.fromkeys(lanes, False), streams)
    known = healths({step.provider_id for each in ways for step in each.steps})
    return [each.in_force(known) for each in ways]


def streams_with_ways() -> QuerySet[Stream]:
    """Streams with their route at hand."""
    return Stream.objects.prefetch_related("route")


def steps_of(stream: Stream) -> tuple[Step, ...]:
    """The route, or the stream's own provider where there is none."""
    steps = tuple(Step(row.provider_id, row.tier, row.weight) for row in stream.route.all())
    return steps or (Step(stream.provider_id),)


def provider_in_force(stream: Stream) -> Provider:
    """Through whom a single mail of the stream leaves now."""
    steps = steps_of(stream)
    return Provider.objects.get(pk=_first_able(steps, healths([step.provider_id for step in steps])))


def working_lane(key: LaneKey) -> WorkingLane:
    return bounded_lanes([key])[0]


def way_limits(provider: Provider, mailbox_provider: str, own: dict[str, LaneLimits]) -> LaneLimits:
    """The team's row for the mailbox provider, else its row for everybody, else what is shipped.

    A way out with a queue of its own paces by itself, so nothing is shipped for it.
    """
    if found := own.get(mailbox_provider) or own.get(EVERYBODY):
        return found
    return UNLIMITED if provider.paces_itself else shipped_limits(mailbox_provider)


def has_due_work(kind: StreamKind) -> bool:
    """True while a drain of this kind would find a batch to send, or one whose worker has died."""
    with connection.cursor() as cursor:
        cursor.execute(_HAS_DUE_WORK, {"kind": kind.value, "now": timezone.now(), "out": providers_out()})
        return bool(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class _Way:
    """One provider with its limits and caps, for as many lanes as go through it."""

    provider: Provider
    limits: dict[str, LaneLimits]
    caps: dict[str, Caps]
    is_urgent_too: bool

    def bound(self, key: LaneKey, stream: Stream, own: LaneLimits, was_held: bool) -> WorkingLane:
        cap = self.caps.get(key.mailbox_provider, Caps(None, None, ""))
        is_urgent = stream.kind == StreamKind.TRANSACTIONAL.value
        return WorkingLane(
            key=key,
            way=WayKey(self.provider.pk, key.mailbox_provider),
            limits=own,
            way_limits=way_limits(self.provider, key.mailbox_provider, self.limits).capped(cap.per_hour, cap.per_day),
            is_paced=not self.provider.paces_itself,
            is_urgent=is_urgent,
            leaves_room=self.is_urgent_too and not is_urgent,
            cap_reason=cap.reason,
            was_held=was_held,
            most_priority=None if is_urgent else cap.most_priority,
            warm_source_id=cap.warm_source_id,
        )


def _first_able(steps: Sequence[Step], known: Mapping[int, Health]) -> int:
    able = [step for step in steps if known[step.provider_id].share]
    return (able or steps)[0].provider_id


def _bound(
    key: LaneKey,
    stream: Stream,
    steps: tuple[Step, ...],
    ways: Mapping[int, _Way],
    own: LaneLimits,
    was_held: bool,
) -> LaneWays:
    lanes = {step.provider_id: ways[step.provider_id].bound(key, stream, own, was_held) for step in steps}
    beyond = {lane.warm_source_id for lane in lanes.values() if lane.warm_source_id in ways}
    lanes |= {pk: ways[pk].bound(key, stream, own, was_held) for pk in beyond - lanes.keys() if pk is not None}
    return LaneWays(key, steps, lanes)


def _ways(provider_ids: Collection[int]) -> dict[int, _Way]:
    """These providers and the warm sources of their warm-ups."""
    found = _load_ways(provider_ids)
    beyond = {cap.warm_source_id for way in found.values() for cap in way.caps.values()} - {None, *found}
    return found | _load_ways([pk for pk in beyond if pk is not None]) if beyond else found


def _load_ways(provider_ids: Collection[int]) -> dict[int, _Way]:
    providers = Provider.objects.in_bulk(provider_ids)
    limits: dict[int, dict[str, LaneLimits]] = {pk: {} for pk in providers}
    for row in WayLimit.objects.filter(provider__in=providers):
        limits[row.provider_id][row.mailbox_provider] = _as_limits(row)
    urgent = _urgent_ways()
    return {pk: _Way(provider, limits[pk], warmup_caps(pk), pk in urgent) for pk, provider in providers.items()}


def _urgent_ways() -> set[int | None]:
    """The providers that transactional mail may take."""
    streams = Stream.objects.filter(kind=StreamKind.TRANSACTIONAL.value)
    return {pk for row in streams.values_list("provider_id", "route__provider_id") for pk in row}


def _limits_of(lane: LaneKey, limits: dict[LaneKey, LaneLimits]) -> LaneLimits:
    """The lane's own row, else its stream's `*` row, else no limit on the rate."""
    return limits.get(lane) or limits.get(LaneKey(lane.stream_id, EVERYBODY)) or DEFAULT


def _own_limits(stream_ids: Collection[int]) -> dict[LaneKey, LaneLimits]:
    rows = Lane.objects.filter(stream_id__in=stream_ids)
    return {LaneKey(row.stream_id, row.mailbox_provider): _as_limits(row) for row in rows}


def _as_limits(row: Lane | WayLimit) -> LaneLimits:
    burst = row.burst if isinstance(row, Lane) else max(1, int(row.messages_per_second or 100))
    return LaneLimits(
        messages_per_second=row.messages_per_second,
        burst=burst,
        max_connections=row.max_connections,
        messages_per_hour=row.messages_per_hour,
        messages_per_day=row.messages_per_day,
        messages_per_connection=row.messages_per_connection,
    )
