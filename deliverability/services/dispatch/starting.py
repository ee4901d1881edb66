"""Starts transmissions: asks a lane's allowance, leases its next batch, and opens the batch's journal."""

from dataclasses import dataclass, field

from deliverability.errors import JournalUnavailable
from deliverability.queries.lanes import WorkingLane
from deliverability.queries.streams import mailing_brief
from deliverability.services.allowance import Allowance, Allowances
from deliverability.services.closing import PutBack, close_batch
from deliverability.services.dispatch.berths import Berths
from deliverability.services.dispatch.recording import hold_for_connection, hold_for_journal
from deliverability.services.dispatch.rota import Rota
from deliverability.services.dispatch.sessions import ProviderUnusable, Sessions
from deliverability.services.journal import Journal, JournalStore
from deliverability.services.leasing import Lease, claim
from deliverability.services.patience import patiently
from deliverability.services.transmission import Transmission
from deliverability.types import MailingBrief, Reply

BATCH_SIZE = 500
NOTHING_DUE_SECONDS = 0.5


@dataclass(slots=True)
class Starter:
    """What starting needs, shared by all transmissions of a drain."""

    owner: str
    rota: Rota
    sessions: Sessions
    allowances: Allowances
    berths: Berths
    store: JournalStore
    connections_per_job: int
    _briefs: dict[int, MailingBrief] = field(default_factory=dict)

    def start(self, lane: WorkingLane) -> Transmission | None:
        """The lane's next batch under way, or None after sending the lane to rest."""
        allowance = self.allowances.take(lane, messages=BATCH_SIZE, connections=self.connections_per_job)
        if allowance.slot is None:
            self.rota.rest(lane.key, allowance.retry_seconds)
            return None
        lease = patiently(lambda: claim(lane=lane.key, owner=self.owner, most_priority=lane.most_priority))
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
        return transmission

    def submit(self, lane: WorkingLane, transmission: Transmission, messages: int) -> None:
        self.sessions.of_lane(lane).submit(transmission.next_job(messages))

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
            hold_for_connection(lease, Reply(0, str(error)))
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
        self.rota.rest(lane.key, NOTHING_DUE_SECONDS)

    def _brief(self, mailing_id: int) -> MailingBrief:
        if mailing_id not in self._briefs:
            self._briefs[mailing_id] = patiently(lambda: mailing_brief(mailing_id))
        return self._briefs[mailing_id]
