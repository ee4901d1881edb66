"""One time for Python and for the scripts in Redis, which ask it instead of Redis's own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import time_machine

from deliverability import conf

KEY = "virtual:time"


@dataclass
class VirtualClock:
    """Stands still until it is moved; only what expires by itself in Redis goes by real time."""

    moment: datetime = datetime(2027, 3, 1, tzinfo=UTC)
    _travel: time_machine.travel | None = None

    def go_to(self, moment: datetime) -> None:
        self.stop()
        self.moment = moment
        client = conf.redis_client()
        client.delete(KEY)
        client.rpush(KEY, int(moment.timestamp()), moment.microsecond)
        self._travel = time_machine.travel(moment, tick=False)
        self._travel.start()

    def forward(self, seconds: float) -> None:
        self.go_to(self.moment + timedelta(seconds=seconds))

    def stop(self) -> None:
        if self._travel:
            self._travel.stop()
            self._travel = None
