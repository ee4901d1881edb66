"""Passes on what mailbox providers answer while it is still news: a batch may take minutes, a cut must not."""

import time
from collections.abc import Iterable

from deliverability.queries.lanes import WorkingLane
from deliverability.rules.lanes import WayKey
from deliverability.services.pacing import REPORT_SECONDS, Answers, hear
from deliverability.services.patience import patiently
from deliverability.services.transmission import Transmission


class Hearing:
    """One drain's ears. Reports twice a second, and at once where somebody asks for less."""

    def __init__(self) -> None:
        self._read: dict[Transmission, int] = {}
        self._answers: dict[WayKey, Answers] = {}
        self._lanes: dict[WayKey, WorkingLane] = {}
        self._cuts: dict[WayKey, int] = {}
        self._reports_at = 0.0

    def listen(self, transmissions: Iterable[tuple[Transmission, WorkingLane]]) -> None:
        for transmission, lane in transmissions:
            entries, read = transmission.entries, self._read.get(transmission, 0)
            if len(entries) == read and not transmission.notices:
                continue
            answers = self._answers.setdefault(lane.way, Answers())
            self._lanes[lane.way] = lane
            for entry in entries[read:]:
                answers.add(lane.way.mailbox_provider, entry.result.reply)
            for reply in transmission.notices:
                # Only a mailbox provider speaks of its lane; a relay's refusal is its own trouble.
                if lane.is_paced and 400 <= reply.code < 500:
                    answers.add_refused_connection(reply)
            transmission.notices.clear()
            self._read[transmission] = len(entries)

    def forget(self, transmission: Transmission) -> None:
        self._read.pop(transmission, None)

    def report(self) -> set[WayKey]:
        """Returns the ways whose pace became lower."""
        now = time.monotonic()
        is_time = now >= self._reports_at
        due = [way for way, answers in self._answers.items() if is_time or answers.is_urgent]
        if is_time:
            self._reports_at = now + REPORT_SECONDS
        return {way for way in due if self._hear(way)}

    def _hear(self, way: WayKey) -> bool:
        """Another drain may have cut the pace: the answers that both got tell this one."""
        lane, answers = self._lanes[way], self._answers.pop(way)
        before, now = self._cuts.get(way, 0), patiently(lambda: hear(lane=lane, answers=answers))
        self._cuts[way] = now
        return now > before
