"""The journal in both of its stores."""

import os
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from deliverability import conf
from deliverability.errors import JournalUnavailable
from deliverability.models import DeliveryBatch
from deliverability.services.journal import Entry, JournalStore, entries, redis_strings
from deliverability.services.journal.files import FileStore
from deliverability.services.journal.redis_strings import RedisStore
from deliverability.services.sweeping import sweep_journals
from deliverability.types import Reply, Result
from tests.factories.deliverability import DeliveryBatchFactory

ACCEPTED = Entry(1_700_000_000.25, Result(7, "", Reply(250, "Queued as 1", "2.0.0")))
REFUSED = Entry(1_700_000_001.5, Result(8, "jörg@gmail.example", Reply(550, "Unbekannt: jörg", "5.1.1", "rcpt")))


@pytest.fixture(params=["file", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path, quiet_services: None) -> JournalStore:
    return RedisStore() if request.param == "redis" else FileStore(tmp_path)


def test_what_was_appended_is_read_again(store: JournalStore) -> None:
    journal = store.create(1, 3, recipients=2)
    journal.append(ACCEPTED)
    journal.append(REFUSED)
    assert store.read(1, 3) == [ACCEPTED, REFUSED]
    assert store.read(2, 3) == []


def test_all_leases_of_a_batch_are_read_and_deleted_together(store: JournalStore) -> None:
    store.create(1, 1, recipients=2).append(ACCEPTED)
    store.create(1, 3, recipients=2).append(REFUSED)
    store.create(11, 1, recipients=2).append(REFUSED)
    assert store.read(1, 3) == [ACCEPTED, REFUSED]

    store.delete(1, 3)
    assert store.read(1, 3) == []
    assert store.read(11, 1) == [REFUSED]


def test_redis_keeps_no_journal_for_ever(quiet_services: None) -> None:
    RedisStore().create(1, 1, recipients=1).append(ACCEPTED)
    assert 0 < conf.redis_client().ttl("sendwell:journal:1:1") <= redis_strings.KEEP_SECONDS


def test_redis_that_stays_away_ends_in_advice(monkeypatch: pytest.MonkeyPatch, quiet_services: None) -> None:
    journal = RedisStore().create(1, 1, recipients=1)

    def refuse(*_: object) -> None:
        raise RedisConnectionError("Connection refused")

    monkeypatch.setattr(redis_strings, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(conf.redis_client(), "append", refuse)
    with pytest.raises(JournalUnavailable, match=r"Connection refused.*REDIS_URL"):
        journal.append(ACCEPTED)


def test_an_entry_that_a_kill_cut_short_reads_as_missing(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    journal = store.create(1, 1, recipients=3)
    journal.append(ACCEPTED)
    packed = entries.pack(REFUSED)
    # The copy that a kill interrupts leaves the words without the marker.
    journal._memory[entries.SIZE + 1 : entries.SIZE + len(packed)] = packed[1:]
    assert store.read(1, 1) == [ACCEPTED]


def test_the_space_is_taken_before_the_first_mail(tmp_path: Path) -> None:
    FileStore(tmp_path).create(1, 1, recipients=500)
    assert os.stat(tmp_path / "1.1").st_blocks * 512 >= 500 * entries.SIZE


def test_an_endless_reply_is_cut_to_its_place(tmp_path: Path) -> None:
    long = Entry(1.0, Result(9, "nine@gmail.example", Reply(550, "é" * 2000, "5.7.1", "rcpt")))
    store = FileStore(tmp_path)
    journal = store.create(1, 1, recipients=2)
    journal.append(long)
    journal.append(ACCEPTED)
    read, following = store.read(1, 1)
    assert (read.result.address, read.result.reply.code, following) == ("nine@gmail.example", 550, ACCEPTED)
    assert read.result.reply.text.startswith("ééé")


def test_a_folder_that_cannot_be_used_ends_in_advice(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalUnavailable, match="SENDWELL_JOURNAL_DIR"):
        FileStore(tmp_path / "file").create(1, 1, recipients=1)


@pytest.mark.django_db
def test_only_journals_that_nobody_needs_are_swept(quiet_services: None) -> None:
    store = FileStore(conf.journal_folder())
    leased = DeliveryBatchFactory.create(state=DeliveryBatch.State.LEASED)
    closed = DeliveryBatchFactory.create(state=DeliveryBatch.State.CLOSED)
    for batch_id in (leased.pk, closed.pk, closed.pk + 1000):
        store.create(batch_id, 1, recipients=1).append(ACCEPTED)

    assert sweep_journals() == 2
    assert list(store.batch_epochs()) == [(leased.pk, 1)]
