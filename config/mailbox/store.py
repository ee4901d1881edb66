"""Keeps what happened at the mailbox server in append-only segment files, and an index of them in memory.

A segment is a run of records: a line of JSON, then as many bytes of message as its `size` says. The first record
carries the totals of everything before it, so that old segments can go and the numbers stay true.
"""

import json
import os
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SEGMENT_MESSAGES = 2_000
KEEP_MESSAGES = 20_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """One accepted message, without its bytes. `mail` names the sending it belongs to (its Feedback-ID).

    `is_copy` marks one that was here already, by recipient and Message-ID: its sender never heard our first answer.
    """

    id: int
    at: float
    sender: str
    to: str
    subject: str
    mail: str
    message_id: str
    size: int
    is_copy: bool = False


@dataclass(slots=True)
class _Segment:
    path: Path
    descriptor: int
    end: int
    arrivals: int = 0


@dataclass(slots=True)
class Totals:
    """Everything that ever happened here: counts by mail name and what happened."""

    next_id: int = 1
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, mail: str, what: str) -> None:
        self.counts.setdefault(mail, Counter())[what] += 1


class Store:
    """Single-threaded: the event loop of the mailbox server owns it."""

    def __init__(self, folder: Path, *, keep: int = KEEP_MESSAGES, segment: int = SEGMENT_MESSAGES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._keep, self._segment_messages = folder, keep, segment
        self.totals = Totals()
        self._segments: deque[_Segment] = deque()
        self._places: dict[int, tuple[Arrival, _Segment, int]] = {}
        self._known: set[tuple[str, str]] = set()
        for path in sorted(folder.glob("*.segment")):
            self._read(path)
        if not self._segments:
            self._begin()

    def __len__(self) -> int:
        return len(self._places)

    def add(self, *, sender: str, to: str, subject: str, mail: str, content: bytes, message_id: str = "") -> Arrival:
        """Write a message down; it has survived a kill of this process when this returns."""
        if self._segments[-1].arrivals >= self._segment_messages:
            self._begin()
            self._forget()
        is_copy = bool(message_id) and (message_id, to) in self._known
        number = self.totals.next_id
        arrival = Arrival(number, time.time(), sender, to, subject, mail, message_id, len(content), is_copy)
        start = self._write({"kind": "accepted", **asdict(arrival)}, content)
        self._place(arrival, self._segments[-1], start)
        return arrival

    def note(self, mail: str, what: str) -> None:
        """Count something that has no message, such as a refusal or a click."""
        self._write({"kind": "note", "mail": mail, "what": what}, b"")
        self.totals.add(mail, what)

    def newest(self, *, to: str = "", mail: str = "") -> Iterator[Arrival]:
        """Kept messages, newest first; `to` is looked for anywhere in the recipient."""
        wanted = to.lower().strip()
        for arrival, _, _ in reversed(self._places.values()):
            if wanted in arrival.to.lower() and (not mail or arrival.mail == mail):
                yield arrival

    def arrival(self, number: int) -> Arrival | None:
        return self._places[number][0] if number in self._places else None

    def content(self, number: int) -> bytes:
        """The message as it came over the wire. Raises KeyError for one that is no longer kept."""
        arrival, segment, start = self._places[number]
        return os.pread(segment.descriptor, arrival.size, start)

    def close(self) -> None:
        for segment in self._segments:
            os.close(segment.descriptor)

    def _write(self, head: dict[str, Any], content: bytes) -> int:
        """Append a record; returns where its content starts."""
        segment = self._segments[-1]
        line = json.dumps(head, separators=(",", ":")).encode() + b"\n"
        written = os.writev(segment.descriptor, [line, content])
        if written != len(line) + len(content):
            # A full disk may take half a record: drop it again, or the next start would read nonsense.
            os.ftruncate(segment.descriptor, segment.end)
            raise OSError("The mailbox server's disk is full.")
        start = segment.end + len(line)
        segment.end += written
        return start

    def _place(self, arrival: Arrival, segment: _Segment, start: int) -> None:
        self._places[arrival.id] = (arrival, segment, start)
        segment.arrivals += 1
        self._known.add((arrival.message_id, arrival.to))
        self.totals.next_id = arrival.id + 1
        self.totals.add(arrival.mail, "accepted again" if arrival.is_copy else "accepted")

    def _begin(self) -> None:
        self._open(self._folder / f"{self.totals.next_id:012d}.segment")
        self._write({"kind": "totals", "next_id": self.totals.next_id, "counts": self.totals.counts}, b"")

    def _open(self, path: Path) -> _Segment:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        segment = _Segment(path, descriptor, 0)
        self._segments.append(segment)
        return segment

    def _forget(self) -> None:
        while len(self._segments) > 1 and len(self._places) - self._segments[0].arrivals >= self._keep:
            oldest = self._segments.popleft()
            for number in [n for n, (_, segment, _) in self._places.items() if segment is oldest]:
                arrival, _, _ = self._places.pop(number)
                self._known.discard((arrival.message_id, arrival.to))
            os.close(oldest.descriptor)
            oldest.path.unlink()

    def _read(self, path: Path) -> None:
        segment = self._open(path)
        with path.open("rb") as file:
            while line := file.readline():
                try:
                    record = json.loads(line)
                except ValueError:
                    break
                start = file.tell()
                if file.seek(record.get("size", 0), os.SEEK_CUR) > os.fstat(file.fileno()).st_size:
                    break
                self._replay(record, segment, start)
                segment.end = file.tell()
        # Whatever a kill left half written.
        os.ftruncate(segment.descriptor, segment.end)

    def _replay(self, record: dict[str, Any], segment: _Segment, start: int) -> None:
        kind = record.pop("kind")
        if kind == "accepted":
            self._place(Arrival(**record), segment, start)
        elif kind == "note":
            self.totals.add(record["mail"], record["what"])
        else:
            counts = {mail: Counter(whats) for mail, whats in record["counts"].items()}
            self.totals = Totals(record["next_id"], counts)
