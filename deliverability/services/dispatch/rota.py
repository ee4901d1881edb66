"""Whose turn it is: the lanes with open batches, one after the other, each resting while nothing of it may leave."""

import time
from collections import deque

from deliverability.queries.lanes import LaneWays, lanes_with_open_batches
from deliverability.rules.lanes import LaneKey
from deliverability.services.patience import patiently
from deliverability.types import StreamKind

REFRESH_SECONDS = 1.0


class Rota:
    """A drain's view of the lanes, read anew every second."""

    def __init__(self, kind: StreamKind, refresh_seconds: float = REFRESH_SECONDS) -> None:
        self._kind = kind
        self._refresh_seconds = refresh_seconds
        self._refreshes_at = 0.0
        self.lanes: dict[LaneKey, LaneWays] = {}
        self._turns: deque[LaneKey] = deque()
        self._rests_until: dict[LaneKey, float] = {}

    def next_lane(self) -> LaneWays | None:
        """The lane that has waited longest for its turn, or None while all of them rest."""
        now = time.monotonic()
        if now >= self._refreshes_at:
            self._refresh(now)
        for _ in range(len(self._turns)):
            key = self._turns[0]
            self._turns.rotate(-1)
            if self._rests_until.get(key, 0.0) <= now:
                return self.lanes[key]
        return None

    def rest(self, lane: LaneKey, seconds: float) -> None:
        """Leave a lane alone for a while."""
        self._rests_until[lane] = time.monotonic() + seconds

    def _refresh(self, now: float) -> None:
        lanes = patiently(lambda: lanes_with_open_batches(self._kind))
        self.lanes = {lane.key: lane for lane in lanes}
        known = [key for key in self._turns if key in self.lanes]
        self._turns = deque([*known, *(key for key in self.lanes if key not in known)])
        self._rests_until = {key: until for key, until in self._rests_until.items() if key in self.lanes}
        self._refreshes_at = now + self._refresh_seconds
