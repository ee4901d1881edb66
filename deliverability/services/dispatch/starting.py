"""Starts transmissions: finds a lane's way out, asks its allowance, leases the next batch and opens its journal."""

from dataclasses import dataclass, field

from deliverability.errors import JournalUnavailable
from deliverability.queries.lanes import LaneWays, WorkingLane
from deliverability.queries.streams import mailing_brief
from deliverability.services.allowance import Allowance, Allowances
from deliverability.services.closing import PutBack, close_batch
from deliverability.services.dispatch.berths import Berths
from deliverability.services.dispatch.recording import hold_for_journal, hold_without_way
from deliverability.services.dispatch.rota import Rota
from deliverability.services.dispatch.sessions import ProviderUnusable, Sessions
from deliverability.services.dispatch.ways import Ways
from deliverability.services.health import hear_of
from deliverability.services.journal import Journal, JournalStore
from deliverability.services.leasing import Lease, claim
from deliverability.services.patience import patiently
from deliverability.services.transmission import Transmission
from deliverability.types import MailingBrief

BATCH_SIZE = 500
NOTHING_DUE_SECONDS = 0.5

Started = tuple[Transmission, WorkingLane]


@dataclass(slots=True)
class Starter:
    """What starting needs, shared by all transmissions of a drain."""

    owner: str
    rota: Rota
    ways: Ways
    sessions: Sessions
    allowances: Allowances
    berths: Berths
    store: JournalStore
    connections_per_job: int
    _briefs: dict[int, MailingBrief] = field(default_factory=dict)

    def start(self, ways: LaneWays) -> Started | None:
        """The lane's next batch under way, by the way out that was found; None after sending the lane to rest."""
        self.ways.look(self.rota.lanes.values())
        for lane in self.ways.to_settle(ways):
            found = self._try(lane, is_unsettled=True)
            if isinstance(found, tuple):
                return found
        waits: list[float] = []
        for lane in self.ways.in_order(ways):
            found = self._try_with_overflow(ways, lane)
            if isinstance(found, tuple):
                return found
            waits.append(found.retry_seconds if found else NOTHING_DUE_SECONDS)
            if found is None and lane.most_priority is None:
                break  # what is not due leaves by no other way either
        if not waits:
            hold_without_way(ways, self.ways)
        self.rota.rest(ways.key, min(waits, default=NOTHING_DUE_SECONDS))
        return None

    def submit(self, lane: WorkingLane, transmission: Transmission, messages: int) -> None:
        self.sessions.of_lane(lane).submit(transmission.next_job(messages))

    def _try_with_overflow(self, ways: LaneWays, lane: WorkingLane) -> Started | Allowance | None:
        """Mail for which a warm-up has no room now, or not yet, leaves through its warm source, if it has one."""
        found = self._try(lane)
        has_room = isinstance(found, tuple) or not (found.is_capped if found else lane.most_priority is not None)
        beyond = None if has_room else self.ways.beyond(ways, lane)
        return self._try(beyond) if beyond else found

    def _try(self, lane: WorkingLane, *, is_unsettled: bool = False) -> Started | Allowance | None:
        """A transmission under way; the allowance that was refused; or None where nothing is due or possible."""
        messages, connections = self.ways.most(lane, BATCH_SIZE, self.connections_per_job)
        allowance = self.allowances.take(lane, messages=messages, connections=connections)
        if allowance.slot is None:
            return allowance
        lease = patiently(
            lambda: claim(
                lane=lane.key,
                owner=self.owner,
                provider_id=lane.way.provider_id,
                is_unsettled=is_unsettled,
                most_priority=lane.most_priority,
            )
        )
        journal = self._open_journal(lease) if lease and self._has_session(lane, lease) else None
        if lease is None or journal is None:
            self._undo(lane, allowance)
            return None
        self.allowances.give_back(lane, allowance, allowance.messages - len(lease.recipient_ids))
        transmission = Transmission(
            lease=lease,
            brief=self._brief(lease.mailing_id),
            journal=journal,
            slot=allowance.slot,
            connections=allowance.connections,
            deadline=lease.deadline,
        )
        self.berths.take(lane, allowance.slot)
        self.submit(lane, transmission, allowance.messages)
        return transmission, lane

    def _open_journal(self, lease: Lease) -> Journal | None:
        try:
            return self.store.create(lease.batch_id, lease.epoch, recipients=len(lease.recipient_ids))
        except JournalUnavailable as error:
            hold_for_journal(lease, str(error))
            self._put_back(lease)
            return None

    def _has_session(self, lane: WorkingLane, lease: Lease) -> bool:
        try:
            self.sessions.of_lane(lane)
        except ProviderUnusable as error:
            hear_of(provider_id=lane.way.provider_id, failures=1, is_final=True, why=str(error))
            self.ways.forget()
            self._put_back(lease)
            return False
        return True

    def _put_back(self, lease: Lease) -> None:
        rest = [PutBack(lease.recipient_ids, failures=lease.failures)]
        patiently(lambda: close_batch(lease=lease, entries=[], put_back=rest))

    def _undo(self, lane: WorkingLane, allowance: Allowance) -> None:
        self.allowances.give_back(lane, allowance, allowance.messages)
        if allowance.slot is not None:
            self.allowances.release(allowance.slot)

    def _brief(self, mailing_id: int) -> MailingBrief:
        if mailing_id not in self._briefs:
            self._briefs[mailing_id] = patiently(lambda: mailing_brief(mailing_id))
        return self._briefs[mailing_id]
