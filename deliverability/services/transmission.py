"""One leased batch on its way out: what has become of each recipient so far, and who is still to be sent to."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from deliverability import conf
from deliverability.errors import JournalUnavailable
from deliverability.providers.base import Job
from deliverability.rules.health import is_unknown_fate
from deliverability.services.allowance import Slot
from deliverability.services.closing import PutBack
from deliverability.services.composers import composer_for
from deliverability.services.journal import Entry, Journal
from deliverability.services.leasing import Lease
from deliverability.services.patience import OUTAGES
from deliverability.types import MailingBrief, OutgoingMessage, Reply, Result, Skipped

logger = logging.getLogger(__name__)

COMPOSER_PATIENCE = 6
COMPOSER_WAIT_SECONDS = 30
OUTAGE_WAIT = timedelta(seconds=5)
NO_REPLY = Reply(0, "The server gave no reply in time; the message may or may not have arrived.", stage="body")


@dataclass(eq=False, slots=True)
class Transmission:
    """The dispatcher's record of a batch under lease. Serves as the far side of each Job made for it.

    A job covers as many recipients as the allowance covers, so one transmission may need several, one after the
    other, under the same lease and journal.
    """

    lease: Lease
    brief: MailingBrief
    journal: Journal
    slot: Slot | None
    connections: int
    deadline: float
    entries: list[Entry] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    job: Job | None = None
    # Why nothing more of it may leave; empty while all is well. A lost lease also forbids to close it.
    stop_reason: str = ""
    is_lost: bool = False
    rest_delay: timedelta = timedelta()
    wakes_at: float = 0.0
    # How many messages the present job was allowed, and the connections that the server refused it.
    granted: int = 0
    notices: list[Reply] = field(default_factory=list)
    composer_error: Exception | None = None
    journal_error: JournalUnavailable | None = None
    _next: int = 0
    _pulled: set[int] = field(default_factory=set)

    def next_job(self, count: int) -> Job:
        """A job for the next `count` recipients of the batch."""
        people = self.lease.recipient_ids[self._next : self._next + count]
        self._next += len(people)
        self.granted = len(people)
        self.job = Job(self._messages(people), self.connections, self._record, self._may_send, self.notices.append)
        return self.job

    def stop(self, reason: str, *, rest_delay: timedelta = timedelta()) -> None:
        """Nothing more leaves from now on; the first reason stands. The rest is due after `rest_delay`."""
        if not self.stop_reason:
            self.stop_reason, self.rest_delay = reason, rest_delay

    @property
    def pulled(self) -> int:
        """Messages that were handed to the adapter."""
        return len(self._pulled)

    @property
    def in_hand(self) -> int:
        """Messages that the adapter has and has not reported on, sent or not."""
        return len(self._pulled) - len(self.entries)

    def take_back(self, is_trouble: Callable[[Reply], bool]) -> None:
        """Whoever was not sent to only because the provider itself failed leaves through another way at once."""
        self.entries = [
            entry for entry in self.entries if is_unknown_fate(entry.result.reply) or not is_trouble(entry.result.reply)
        ]

    @property
    def remaining(self) -> int:
        """Recipients for whom no job was made yet."""
        return len(self.lease.recipient_ids) - self._next

    @property
    def is_over(self) -> bool:
        """No further job is to be made: everybody had one, or something stands in the way."""
        has_trouble = self.stop_reason or self.composer_error or self.journal_error
        return self.remaining == 0 or bool(has_trouble) or (self.job is not None and self.job.failure is not None)

    def give_up_waiting(self) -> None:
        """Book those whose message was handed over and never answered: their fate is unknown."""
        now = time.time()
        for recipient_id in self._pulled.difference(entry.result.recipient_id for entry in self.entries):
            self.entries.append(Entry(now, Result(recipient_id, "", NO_REPLY)))

    def unrenderable(self) -> list[int]:
        """Whoever is left once the composer has failed too often to go on hoping."""
        return self._rest() if self._is_composer_hopeless else []

    def put_back(self) -> list[PutBack]:
        """Everybody without a result, for later: at once, or with back-off when the composer is at fault.

        The composer works through a batch in order, so the first one left is the likely culprit. Put into a batch of
        his own, he cannot hold up the others again.
        """
        rest = self._rest()
        if self.composer_error is None:
            return [PutBack(rest, self.rest_delay)]
        if self._is_composer_hopeless:
            return []
        failures = self.lease.failures + 1
        delay = timedelta(seconds=COMPOSER_WAIT_SECONDS * 2**self.lease.failures * conf.retry_scale())
        has_progress = bool(self.entries or self.skipped)
        return [
            PutBack(rest[:1], delay, failures),
            PutBack(rest[1:], timedelta() if has_progress else delay, 0 if has_progress else failures),
        ]

    @property
    def _is_composer_hopeless(self) -> bool:
        is_last_try = self.lease.failures + 1 >= COMPOSER_PATIENCE
        return self.composer_error is not None and is_last_try and not (self.entries or self.skipped)

    def _rest(self) -> list[int]:
        done = {entry.result.recipient_id for entry in self.entries}
        done.update(one.recipient_id for one in self.skipped)
        return [one for one in self.lease.recipient_ids if one not in done]

    def _messages(self, people: list[int]) -> Iterator[OutgoingMessage]:
        missing = set(people)
        try:
            for item in composer_for(self.brief.composer).compose(self.brief, people):
                missing.discard(item.recipient_id)
                if isinstance(item, Skipped):
                    self.skipped.append(item)
                else:
                    self._pulled.add(item.recipient_id)
                    yield item
            if missing:
                raise LookupError(f"it said nothing of {len(missing)} recipients")
        except OUTAGES as error:
            self.stop(f"The database did not answer while mails were written: {error}", rest_delay=OUTAGE_WAIT)
        except Exception as error:  # the apps' code: its fault may stop its batch, never the drain
            self._blame_composer(error)

    def _blame_composer(self, error: Exception) -> None:
        self.composer_error = error
        logger.error(
            "The composer “%s” could not write the mails of batch %s (mailing %s): %s. Those it could not write are "
            "tried again later, %s times in all, and then marked as failed. Correct the content or the composer.",
            self.brief.composer,
            self.lease.batch_id,
            self.lease.mailing_id,
            error,
            COMPOSER_PATIENCE,
            exc_info=error,
        )

    def _record(self, result: Result) -> None:
        entry = Entry(time.time(), result)
        # Kept in memory too: it is what the batch is closed with, unless this process dies.
        self.entries.append(entry)
        try:
            self.journal.append(entry)
        except JournalUnavailable as error:
            self.journal_error = error

    def _may_send(self) -> bool:
        return not self.stop_reason and self.journal_error is None and time.monotonic() < self.deadline
