"""Feels each provider's pulse: what answered, what failed, and how long it has been silent over messages it has."""

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from deliverability import conf
from deliverability.queries.lanes import WorkingLane
from deliverability.rules.health import is_final, is_of_provider, is_trouble
from deliverability.services.health import hear_of
from deliverability.services.patience import patiently
from deliverability.services.transmission import Transmission
from deliverability.types import Reply

REPORT_SECONDS = 0.5
# A turn that took longer was held up by us (the database, a stopped process): replies may lie there unread.
LONG_TURN_SECONDS = 1.0


@dataclass(slots=True)
class _Beat:
    """What one provider did since the last report, and when anything last moved on its connections."""

    heard: int = 0
    failures: int = 0
    is_refused: bool = False
    is_final: bool = False
    why: str = ""
    moved_at: float = field(default_factory=time.monotonic)


class Pulse:
    """One drain's finger on every provider that it uses. Reports twice a second, at once where something failed."""

    def __init__(self) -> None:
        self._seen: dict[Transmission, tuple[int, int]] = {}
        self._beats: dict[int, _Beat] = {}
        self._reports_at = 0.0
        self._felt_at = time.monotonic()

    def feel(self, transmissions: Iterable[tuple[Transmission, WorkingLane]]) -> None:
        """Look at what is under way; whoever has nothing in hand owes no answer."""
        owing, moved = set(), set()
        for transmission, lane in transmissions:
            provider_id = lane.way.provider_id
            beat = self._beats.setdefault(provider_id, _Beat())
            before = self._seen.get(transmission, (0, 0))
            state = (len(transmission.entries), transmission.pulled)
            if transmission.in_hand and not lane.is_paced:
                # One that is paced is as slow as the slowest mailbox provider: its silence proves nothing.
                owing.add(provider_id)
            if state != before:
                moved.add(provider_id)
                self._seen[transmission] = state
                for entry in transmission.entries[before[0] :]:
                    self._add(beat, entry.result.reply, lane)
        now = time.monotonic()
        held_up = now - self._felt_at if now - self._felt_at > LONG_TURN_SECONDS else 0.0
        self._felt_at = now
        for provider_id, beat in self._beats.items():
            is_moving = provider_id in moved or provider_id not in owing
            beat.moved_at = now if is_moving else beat.moved_at + held_up

    def finish(self, transmission: Transmission, lane: WorkingLane) -> None:
        """A transmission is over: why it could not go on, and what came in last, count too."""
        beat = self._beats.setdefault(lane.way.provider_id, _Beat())
        before = self._seen.pop(transmission, (0, 0))[0]
        for entry in transmission.entries[before:]:
            self._add(beat, entry.result.reply, lane)
        failure = transmission.job.failure if transmission.job else None
        if failure is not None and is_of_provider(failure, is_paced=lane.is_paced):
            # All jobs of a session fail with it: that is one failure.
            beat.is_refused = True
            beat.is_final = beat.is_final or is_final(failure)
            beat.why = failure.text

    def silent(self, provider_ids: Collection[int]) -> set[int]:
        """Those that have had messages in hand for too long without a word on any connection."""
        latest = time.monotonic() - conf.silence_seconds()
        return {pk for pk, beat in self._beats.items() if pk in provider_ids and beat.moved_at < latest}

    def give_up(self, provider_id: int) -> None:
        """No longer wait for a silent one."""
        beat = self._beats[provider_id]
        beat.failures, beat.is_final = beat.failures + 1, True
        beat.why = f"It took messages and has not answered for {conf.silence_seconds():g} seconds"
        beat.moved_at = time.monotonic()

    def report(self) -> bool:
        """Returns whether this changed how any provider stands."""
        now = time.monotonic()
        is_time = now >= self._reports_at
        if is_time:
            self._reports_at = now + REPORT_SECONDS
        due = [(pk, beat) for pk, beat in self._beats.items() if is_time or beat.failures]
        changes = [self._report(provider_id, beat) for provider_id, beat in due]
        return any(changes)

    def _add(self, beat: _Beat, reply: Reply, lane: WorkingLane) -> None:
        if is_trouble(reply, is_paced=lane.is_paced):
            beat.failures += 1
            beat.why = " ".join(filter(None, [str(reply.code or ""), reply.enhanced, reply.text]))
        else:
            beat.heard += 1

    def _report(self, provider_id: int, beat: _Beat) -> bool:
        told = replace(beat)
        beat.heard = beat.failures = 0
        beat.is_refused, beat.is_final, beat.why = False, False, ""
        failures = told.failures + told.is_refused
        if not told.heard and not failures:
            return False
        entered = patiently(
            lambda: hear_of(
                provider_id=provider_id,
                heard=told.heard,
                failures=failures,
                is_final=told.is_final,
                why=told.why,
            )
        )
        return entered is not None
