"""Gives a lane's connection slots back no sooner than its connections have closed: those are what a server counts."""

from collections import defaultdict

from deliverability.queries.lanes import WorkingLane
from deliverability.services.allowance import Allowances, Slot
from deliverability.services.dispatch.sessions import SessionKey, Sessions


class Berths:
    """The slots of one drain. Where connections are kept apart by lane, a session has never more than slots were taken.

    A slot whose batch is done parts: its connection says goodbye, and with the turn after that another drain may have
    the slot. Sessions that lanes share keep their connections, since nobody counts those by mailbox provider.
    """

    def __init__(self, allowances: Allowances, sessions: Sessions) -> None:
        self._allowances = allowances
        self._sessions = sessions
        self._taken: defaultdict[SessionKey, int] = defaultdict(int)
        self._parting: defaultdict[SessionKey, list[Slot]] = defaultdict(list)

    def take(self, lane: WorkingLane, slot: Slot) -> None:
        if lane.is_paced:
            key = self._sessions.key_of(lane)
            self._taken[key] += slot.connections
            self._sessions.keep(key, self._taken[key])

    def leave(self, lane: WorkingLane, slot: Slot) -> None:
        if not lane.is_paced:
            self._allowances.release(slot)
            return
        key = self._sessions.key_of(lane)
        self._taken[key] -= slot.connections
        self._parting[key].append(slot)
        self._sessions.keep(key, self._taken[key])

    def clear(self) -> None:
        """Release what has parted. Called once a turn, so that a server has seen a cut connection end, too."""
        for key, slots in list(self._parting.items()):
            open_now = self._sessions.keep(key, self._taken[key])
            while slots and open_now <= self._taken[key] + sum(slot.connections for slot in slots[1:]):
                self._allowances.release(slots.pop(0))
            if not slots:
                del self._parting[key]

    @property
    def parting(self) -> list[Slot]:
        return [slot for slots in self._parting.values() for slot in slots]
