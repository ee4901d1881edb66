"""The drain loop: start what is allowed, move it on, keep its leases, record what is done; for less than a minute."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from deliverability import conf
from deliverability.models import Mailing
from deliverability.queries.lanes import WorkingLane, has_due_work
from deliverability.rules.health import is_trouble
from deliverability.services.allowance import Allowances
from deliverability.services.attendance import Attendance
from deliverability.services.dispatch.berths import Berths
from deliverability.services.dispatch.clock import Clock
from deliverability.services.dispatch.hearing import Hearing
from deliverability.services.dispatch.pulse import Pulse
from deliverability.services.dispatch.recording import record
from deliverability.services.dispatch.recovery import settle_orphans
from deliverability.services.dispatch.rota import Rota
from deliverability.services.dispatch.sessions import SessionKey, Sessions
from deliverability.services.dispatch.starting import Starter
from deliverability.services.dispatch.ways import Ways
from deliverability.services.journal import JournalStore, open_store
from deliverability.services.leasing import renew, watch
from deliverability.services.patience import OUTAGES, patiently
from deliverability.services.transmission import Transmission
from deliverability.types import EventKind, StreamKind

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.05
WATCH_SECONDS = 1.0
RENEW_SECONDS = conf.LEASE_SECONDS / 3
RECOVER_SECONDS = 2.0
DUE_SECONDS = 0.5
# A batch that must wait longer than this for its allowance goes back, so that it binds neither lease nor connection.
PARK_SECONDS = 5.0
# Servers may take long over the final dot. What is still unanswered after this is booked as of unknown fate.
GRACE_SECONDS = 60.0
MOST_TRANSMISSIONS = 16
# Between two failures to connect, so that a provider that is only being restarted is not left for it.
FAILURE_SECONDS = 0.5
# What so few messages still do at the old pace is over before anybody could stop them.
FEW_MESSAGES = 5


@dataclass(frozen=True, slots=True)
class Pace:
    """How a kind of stream is drained. `linger_seconds`: how long an idle drain waits for new work."""

    connections_per_job: int
    refresh_seconds: float
    linger_seconds: float


# Two jobs of five connections overlap one's database work with the other's network. A transactional batch is one
# mail, and it must leave at once, not when a beat finds it.
PACES = {
    StreamKind.MARKETING: Pace(connections_per_job=5, refresh_seconds=1.0, linger_seconds=0.0),
    StreamKind.TRANSACTIONAL: Pace(connections_per_job=1, refresh_seconds=0.05, linger_seconds=1.0),
}


@dataclass(frozen=True, slots=True)
class DrainReport:
    """What one drain did, in recipients by outcome, and whether it leaves due work behind."""

    counts: Counter[EventKind]
    is_more_due: bool


def drain(
    *,
    kind: StreamKind,
    owner: str,
    seconds: float = conf.DRAIN_SECONDS,
    should_stop: Callable[[], bool] = lambda: False,
) -> DrainReport:
    """Send what is due in all streams of a kind until nothing is left, `seconds` are over or `should_stop` says so.

    `owner` names this drain in leases, connection slots and markers and must not be used by another one. Any number
    of drains may run at once, on any number of machines. Raises OperationalError when the database stays out for
    longer than a restart takes; the leases then run out and the journals tell the next drain where to go on.
    """
    return _Drain(kind, owner, seconds, should_stop).run()


class _Drain:
    def __init__(self, kind: StreamKind, owner: str, seconds: float, should_stop: Callable[[], bool]) -> None:
        self._kind = kind
        self._owner = owner
        self._ends_at = time.monotonic() + seconds
        self._should_stop = should_stop
        self._pace = PACES[kind]
        self._attendance = Attendance(kind)
        self._allowances = Allowances(owner, self._attendance.running_key)
        self._store: JournalStore = open_store()
        self._sessions = Sessions()
        self._berths = Berths(self._allowances, self._sessions)
        self._hearing = Hearing()
        self._pulse = Pulse()
        self._ways = Ways()
        self._rota = Rota(kind, self._pace.refresh_seconds)
        self._starter = Starter(
            owner,
            self._rota,
            self._ways,
            self._sessions,
            self._allowances,
            self._berths,
            self._store,
            self._pace.connections_per_job,
        )
        self._transmissions: dict[Transmission, WorkingLane] = {}
        self._counts: Counter[EventKind] = Counter()
        self._clock = Clock()

    def run(self) -> DrainReport:
        idle_since = time.monotonic()
        try:
            while not self._must_end():
                self._keep_house()
                self._start()
                self._turn()
                if self._transmissions:
                    idle_since = time.monotonic()
                elif self._is_idle_since(idle_since):
                    break
            self._wind_down()
        finally:
            self._leave()
        return DrainReport(self._counts, self._has_due_work())

    def _must_end(self) -> bool:
        return time.monotonic() >= self._ends_at or self._should_stop()

    def _is_idle_since(self, moment: float) -> bool:
        """Lingering is over and nothing is due. Lanes that rest for want of allowance still count as work."""
        if time.monotonic() - moment < self._pace.linger_seconds or not self._clock.is_time("due", DUE_SECONDS):
            return False
        return not self._has_due_work()

    def _has_due_work(self) -> bool:
        return patiently(lambda: has_due_work(self._kind))

    def _start(self) -> None:
        while len(self._transmissions) < MOST_TRANSMISSIONS:
            lane = self._rota.next_lane()
            if lane is None:
                return
            started = self._starter.start(lane)
            if started is not None:
                transmission, way = started
                self._transmissions[transmission] = way

    def _turn(self) -> None:
        """Move the mail on for a moment, then record what is done."""
        self._berths.clear()
        for key in self._sessions.poll(TURN_SECONDS):
            self._sort_out(key)
        self._hear()
        for transmission in list(self._transmissions):
            if self._is_between_jobs(transmission):
                self._go_on(transmission)

    def _hear(self) -> None:
        """Pass on what was answered; what was allowed at a pace that has become lower goes back and waits anew."""
        self._hearing.listen(self._transmissions.items())
        lower = self._hearing.report()
        for transmission, lane in self._transmissions.items():
            if lane.way in lower and transmission.granted > FEW_MESSAGES:
                transmission.stop("The mailbox provider asked for less.")
        self._cut_over()

    def _cut_over(self) -> None:
        """Leave a provider that fails; one that is silent, where the stream has another. What is not sent yet goes on
        there, or waits."""
        self._pulse.feel(self._transmissions.items())
        replaceable = {lane.way.provider_id for lane in self._transmissions.values() if self._has_other(lane)}
        silent = self._pulse.silent(replaceable)
        for provider_id in silent:
            self._pulse.give_up(provider_id)
        if self._pulse.report():
            self._ways.forget()
            self._ways.look(self._rota.lanes.values())
        for transmission, lane in list(self._transmissions.items()):
            if self._ways.is_left(lane.way.provider_id):
                transmission.stop("The provider does not take mail.")
            if lane.way.provider_id in silent:
                self._abandon(self._sessions.key_of(lane))

    def _has_other(self, lane: WorkingLane) -> bool:
        ways = self._rota.lanes.get(lane.key)
        return ways is not None and self._ways.has_other(ways, lane)

    def _abandon(self, key: SessionKey) -> None:
        self._sessions.abandon(key, "The provider fell silent; the message may or may not have arrived.")
        for transmission in list(self._transmissions):
            if self._sessions.key_of(self._transmissions[transmission]) == key:
                transmission.stop("The provider fell silent.")
                self._finish(transmission)

    def _is_between_jobs(self, transmission: Transmission) -> bool:
        session = self._sessions.of_lane(self._transmissions[transmission])
        return transmission.job is None or session.is_done(transmission.job)

    def _go_on(self, transmission: Transmission) -> None:
        """The next part of a batch whose lane had no allowance for all of it, or the end of the batch."""
        now = time.monotonic()
        if not transmission.is_over and now < transmission.wakes_at:
            return
        if not transmission.is_over:
            lane = self._transmissions[transmission]
            messages, _ = self._ways.most(lane, transmission.remaining, 0)
            allowance = self._allowances.take(lane, messages=messages, connections=0)
            if allowance.messages:
                self._starter.submit(lane, transmission, allowance.messages)
                return
            transmission.wakes_at = now + allowance.retry_seconds
            is_beyond = allowance.is_capped and lane.warm_source_id is not None
            if allowance.retry_seconds <= PARK_SECONDS and not is_beyond:
                return
            delay = 0.0 if is_beyond else allowance.retry_seconds
            transmission.stop(allowance.reason, rest_delay=timedelta(seconds=delay))
        self._finish(transmission)

    def _finish(self, transmission: Transmission) -> None:
        lane, job = self._transmissions[transmission], transmission.job
        if job is not None and job.failure is not None:
            transmission.notices.append(job.failure)
            self._rota.rest(lane.key, FAILURE_SECONDS)
        # What came with the last poll is heard while it still stands with its lane.
        self._hearing.listen([(transmission, lane)])
        self._hearing.forget(transmission)
        del self._transmissions[transmission]
        self._pulse.finish(transmission, lane)
        if transmission.slot is not None:
            self._berths.leave(lane, transmission.slot)
        if transmission.is_lost:
            transmission.journal.close()
            return
        if self._ways.is_left(lane.way.provider_id) and self._has_other(lane):
            transmission.take_back(lambda reply: is_trouble(reply, is_paced=lane.is_paced))
        closed = record(transmission, lane=lane, store=self._store)
        self._counts.update(closed.counts)

    def _sort_out(self, key: SessionKey) -> None:
        """A session broke: what its batches had in flight is of unknown fate, the rest was not sent."""
        for transmission in list(self._transmissions):
            if self._sessions.key_of(self._transmissions[transmission]) == key:
                transmission.stop("The adapter failed.", rest_delay=timedelta(seconds=PARK_SECONDS))
                transmission.give_up_waiting()
                self._finish(transmission)

    def _keep_house(self) -> None:
        """Everything that must happen every second or few, whatever the mail does."""
        if self._clock.is_time("watch", WATCH_SECONDS):
            self._attendance.stay(self._owner)
            slots = [one.slot for one in self._transmissions if one.slot is not None]
            self._allowances.renew([*slots, *self._berths.parting])
            self._watch()
        if self._clock.is_time("renew", RENEW_SECONDS):
            self._renew()
        if self._clock.is_time("recover", RECOVER_SECONDS):
            settle_orphans(kind=self._kind, owner=self._owner, store=self._store)

    def _watch(self) -> None:
        """Stop the batches whose mailing or stream a person has stopped."""
        if not self._transmissions:
            return
        ids = [one.lease.batch_id for one in self._transmissions]
        found = patiently(lambda: watch(owner=self._owner, batch_ids=ids))
        for transmission in self._transmissions:
            status = found.get(transmission.lease.batch_id)
            if status is None or status.epoch != transmission.lease.epoch:
                self._lose(transmission)
            elif status.mailing_state != Mailing.State.RUNNING:
                transmission.stop(f"The mailing is {status.mailing_state}.")
            elif status.held_reason:
                transmission.stop(status.held_reason)

    def _renew(self) -> None:
        leases = [one.lease for one in self._transmissions]
        if not leases:
            return
        held, deadline = patiently(lambda: renew(leases=leases))
        for transmission in self._transmissions:
            if (transmission.lease.batch_id, transmission.lease.epoch) in held:
                transmission.deadline = deadline
            else:
                self._lose(transmission)

    def _lose(self, transmission: Transmission) -> None:
        transmission.is_lost = True
        transmission.stop("The lease was lost.")

    def _wind_down(self) -> None:
        """Start nothing more, let what is in flight arrive, and put the rest back."""
        for transmission in self._transmissions:
            transmission.stop("The drain ends; the next one goes on.")
        gives_up_at = time.monotonic() + GRACE_SECONDS
        while self._transmissions and time.monotonic() < gives_up_at:
            self._keep_house()
            self._turn()

    def _leave(self) -> None:
        """Also runs when the loop is torn down by an error: close what can be closed, and free the places."""
        self._sessions.close()
        try:
            for transmission in list(self._transmissions):
                transmission.give_up_waiting()
                self._finish(transmission)
        except OUTAGES:
            logger.error("The database is out. %s batches are left to their journals.", len(self._transmissions) + 1)
        self._berths.clear()
        self._attendance.leave(self._owner)
