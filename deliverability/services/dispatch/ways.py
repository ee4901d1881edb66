"""Chooses the way out of a lane's next batch, by the route of its stream and by who takes mail now."""

import random
import time
from collections.abc import Iterable, Iterator

from django.utils import timezone

from deliverability.queries.health import WELL, Health, healths
from deliverability.queries.lanes import LaneWays, WorkingLane
from deliverability.rules.health import TRIAL_CONNECTIONS, TRIAL_MESSAGES, Standing
from deliverability.rules.routes import ways_in_order

REFRESH_SECONDS = 0.5


class Ways:
    """One drain's view of the providers' health, read from Redis twice a second and after every change of its own."""

    def __init__(self) -> None:
        self._known: dict[int, Health] = {}
        self._refreshes_at = 0.0

    def look(self, ways: Iterable[LaneWays]) -> None:
        """Read anew how all providers of these lanes stand, where it is time."""
        now = time.monotonic()
        if now >= self._refreshes_at:
            self._refreshes_at = now + REFRESH_SECONDS
            wanted = {provider_id for each in ways for provider_id in each.by_provider}
            if wanted:
                self._known = healths(wanted)

    def forget(self) -> None:
        """Something has changed: look again at once."""
        self._refreshes_at = 0.0

    def of(self, provider_id: int) -> Health:
        return self._known.get(provider_id, WELL)

    def is_left(self, provider_id: int) -> bool:
        """Left alone, and not yet for so long that somebody may try."""
        health = self.of(provider_id)
        return health.standing == Standing.OUT and not health.is_due(timezone.now())

    def in_order(self, ways: LaneWays) -> Iterator[WorkingLane]:
        """The lane by the ways to try for its next batch, best first; where all are left alone, those whose pause is
        over."""
        shares = {step.provider_id: self.of(step.provider_id).share for step in ways.steps}
        order = ways_in_order(ways.steps, shares, random.random)
        if not order:
            now = timezone.now()
            order = [step.provider_id for step in ways.steps if self.of(step.provider_id).is_due(now)]
        return (ways.by_provider[provider_id] for provider_id in order)

    def to_settle(self, ways: LaneWays) -> Iterator[WorkingLane]:
        """The lane by those providers that fell silent over some of its people and answer again."""
        return (ways.by_provider[pk] for pk in ways.unsettled if pk in ways.by_provider and self.of(pk).share)

    def beyond(self, ways: LaneWays, lane: WorkingLane) -> WorkingLane | None:
        """Where mail goes for which a warm-up has no room today."""
        source = lane.warm_source_id
        return ways.by_provider.get(source) if source is not None and self.of(source).share else None

    def has_other(self, ways: LaneWays, lane: WorkingLane) -> bool:
        """Whether the stream could go on without this way out."""
        return any(step.provider_id != lane.way.provider_id and self.of(step.provider_id).share for step in ways.steps)

    def most(self, lane: WorkingLane, messages: int, connections: int) -> tuple[int, int]:
        """Of so many messages and connections what one job may have at once: little on trial."""
        if self.of(lane.way.provider_id).standing in (Standing.OUT, Standing.TRIAL):
            return min(messages, TRIAL_MESSAGES), min(connections, TRIAL_CONNECTIONS)
        return messages, connections
