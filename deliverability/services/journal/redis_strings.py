"""Journals as Redis strings: they survive the loss of the worker's machine, at a round trip per message."""

import time
from collections.abc import Iterator
from typing import cast

from redis.exceptions import RedisError

from deliverability import conf
from deliverability.errors import JournalUnavailable
from deliverability.services.journal.entries import Entry, pack, unpack

# Longer than any outage after which somebody would still expect the rest of a mailing to leave.
KEEP_SECONDS = 14 * 86_400
PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.2


class RedisJournal:
    """One string per batch and epoch, grown by APPEND; each append waits for the server's word."""

    def __init__(self, key: str) -> None:
        self._key = key

    def append(self, entry: Entry) -> None:
        """An append whose reply was lost is repeated: two equal entries in a journal say the same as one."""
        data = pack(entry)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                length = conf.redis_client().append(self._key, data)
                if length == len(data):
                    conf.redis_client().expire(self._key, KEEP_SECONDS)
                return
            except RedisError as error:
                if time.monotonic() > deadline:
                    raise JournalUnavailable(_advice(error)) from error
                time.sleep(PAUSE_SECONDS)

    def close(self) -> None:
        """Nothing is held open."""


class RedisStore:
    """Keys sendwell:journal:<batch>:<epoch>."""

    def create(self, batch_id: int, epoch: int, *, recipients: int) -> RedisJournal:
        try:
            conf.redis_client().ping()
        except RedisError as error:
            raise JournalUnavailable(_advice(error)) from error
        return RedisJournal(_key(batch_id, epoch))

    def read(self, batch_id: int, epoch: int) -> list[Entry]:
        try:
            strings = cast(list[bytes | None], conf.redis_client().mget(_keys(batch_id, epoch)))
        except RedisError as error:
            raise JournalUnavailable(_advice(error)) from error
        return [entry for data in strings if data for entry in _entries(data)]

    def delete(self, batch_id: int, epoch: int) -> None:
        try:
            conf.redis_client().delete(*_keys(batch_id, epoch))
        except RedisError:
            pass  # it expires by itself

    def batch_epochs(self) -> Iterator[tuple[int, int]]:
        """None: every key ends by its time to live."""
        return iter(())


def _key(batch_id: int, epoch: int) -> str:
    return f"sendwell:journal:{batch_id}:{epoch}"


def _keys(batch_id: int, epoch: int) -> list[str]:
    return [_key(batch_id, earlier) for earlier in range(1, epoch + 1)]


def _entries(data: bytes) -> Iterator[Entry]:
    end = 0
    while found := unpack(data, end):
        entry, end = found
        yield entry


def _advice(error: Exception) -> str:
    return (
        f"The journal in Redis could not be used: {error}. Sending waits a minute and then tries again; nothing is "
        "lost. Check that the server named by REDIS_URL runs and has memory left."
    )
