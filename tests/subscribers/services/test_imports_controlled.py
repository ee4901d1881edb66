"""Imports that a person pauses, lets go on and cancels, and the line in which they wait."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.services.permission import SENDWELL
from subscribers.errors import ImportHalted, ImportRefused
from subscribers.models import ConsentRecord, Contact, HeldRow, ImportRun, MailingList, Subscription
from subscribers.queries.imports.runs import ahead_of, first_in_line, progress_of
from subscribers.services.imports import (
    ImportOrder,
    ImportResult,
    cancel_import,
    choose,
    import_contacts,
    importing,
    pause_import,
    receive_upload,
    run_in_turn,
    run_upload,
    running,
    start_again,
    start_undo,
    start_upload,
    undo_import,
)
from tests.factories.subscribers import MailingListFactory

pytestmark = pytest.mark.django_db
ROWS = 9
TEXT = "Email\n" + "".join(f"p{number}@example.com\n" for number in range(ROWS))


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.MEDIA_ROOT, settings.DATA_DIR = tmp_path / "media", tmp_path
    monkeypatch.setattr(importing, "CHUNK", 2)
    return tmp_path


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


@pytest.fixture
def upload(news: MailingList) -> Callable[..., ImportRun]:
    def upload(name: str = "people.csv", text: str = TEXT) -> ImportRun:
        run = receive_upload(actor=SENDWELL, file_name=name, blocks=[text.encode()])
        choices = {"list": "news", "consent": "Paper form, fair in Lyon", "basis": "express"}
        choose(actor=SENDWELL, run_id=run.pk, choices=choices)
        return start_upload(actor=SENDWELL, run_id=run.pk)

    return upload


def at(monkeypatch: pytest.MonkeyPatch, phase: str, done: int, act: Callable[[], object]) -> None:
    """Act as soon as an import says that it is so far."""
    import_file = import_contacts

    def watched(*, order: ImportOrder, progress: Any) -> ImportResult:
        def told(now: str, so_far: int, total: int) -> None:
            progress(now, so_far, total)
            if (now, so_far) == (phase, done):
                act()

        return import_file(order=order, progress=told)

    monkeypatch.setattr(running, "import_contacts", watched)


def test_a_pause_stops_behind_the_chunk_and_the_rest_comes_once(
    upload: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = upload()
    at(monkeypatch, "writing", 4, lambda: pause_import(actor=SENDWELL, run_id=run.pk))
    run_upload(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.created, Contact.objects.count()) == ("paused", 4, 4)
    assert run_in_turn() is None
    assert Contact.objects.count() == 4
    assert start_again(actor=SENDWELL, run_id=run.pk)
    run_upload(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.created, run.subscribed, run.unchanged) == ("finished", ROWS, ROWS, 0)
    assert ConsentRecord.objects.count() == Subscription.objects.count() == ROWS
    assert not pause_import(actor=SENDWELL, run_id=run.pk)


def test_a_pause_while_the_file_is_read_has_changed_nobody(
    upload: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subscribers.services.imports.staging._BLOCK_ROWS", 3)
    run = upload()
    size = run.survey["size"]
    at(monkeypatch, "reading", size, lambda: pause_import(actor=SENDWELL, run_id=run.pk))
    run_upload(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, Contact.objects.count()) == ("paused", 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.import_row')")
        assert cursor.fetchone() == (None,)


def test_what_a_cancelled_import_wrote_stays_until_it_is_undone(
    upload: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    run = upload()
    at(monkeypatch, "writing", 2, lambda: cancel_import(actor=SENDWELL, run_id=run.pk))
    run_upload(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.upload, Contact.objects.count()) == ("cancelled", "", 2)
    assert not list((folders / "media").rglob("*.csv"))
    assert not start_again(actor=SENDWELL, run_id=run.pk)
    start_undo(actor=SENDWELL, run_id=run.pk)
    undo_import(run_id=run.pk)
    assert Contact.objects.count() == 0


def test_a_paused_command_goes_on_when_it_is_given_again(tmp_path: Path, news: MailingList) -> None:
    path = tmp_path / "people.csv"
    path.write_text(TEXT)
    order = ImportOrder(path=path, list_slug="news", consent_source="Paper form, fair in Lyon", actor="alice")

    def pause(phase: str, done: int, total: int) -> None:
        if (phase, done) == ("writing", 6):
            pause_import(actor=SENDWELL, run_id=ImportRun.objects.get().pk)

    with pytest.raises(ImportHalted):
        import_contacts(order=order, progress=pause)
    assert Contact.objects.count() == 6
    assert import_contacts(order=order).resumed
    assert (ImportRun.objects.get().created, Contact.objects.count()) == (ROWS, ROWS)


def test_imports_wait_in_the_order_in_which_they_were_asked_for(upload: Callable[..., ImportRun]) -> None:
    first, second, third = (upload(f"{name}.csv", f"Email\n{name}@example.com\n") for name in ("one", "two", "three"))
    assert [ahead_of(run) for run in (first, second, third)] == [0, 1, 2]
    pause_import(actor=SENDWELL, run_id=second.pk)
    assert run_in_turn() == third.pk
    assert first_in_line() == third.pk
    start_again(actor=SENDWELL, run_id=second.pk)
    assert run_in_turn() == third.pk
    assert run_in_turn() is None
    assert list(Contact.objects.order_by("id").values_list("email", flat=True)) == [
        "one@example.com",
        "two@example.com",
        "three@example.com",
    ]


def test_pace_and_time_left_are_told_of_the_last_seconds() -> None:
    moments = iter([0.0, 5.0, 12.0, 20.0])
    watch = running._Watcher(77, clock=lambda: next(moments))
    for done in (0, 50_000, 60_000, 80_000):
        watch("writing", done, 100_000)
    said = progress_of(77)
    assert (said.done, said.pace, said.seconds_left) == (80_000, 2_500.0, 8)


def test_held_rows_are_kept_once_however_often_the_import_starts(
    upload: Callable[..., ImportRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = upload(text=TEXT + "ada@gmial.com\n")
    at(monkeypatch, "writing", 2, lambda: pause_import(actor=SENDWELL, run_id=run.pk))
    run_upload(run_id=run.pk)
    start_again(actor=SENDWELL, run_id=run.pk)
    run_upload(run_id=run.pk)
    run.refresh_from_db()
    assert HeldRow.objects.count() == run.held == 1
    assert run.rows == run.held + run.created == ROWS + 1


def test_an_import_under_way_is_not_undone(upload: Callable[..., ImportRun]) -> None:
    with pytest.raises(ImportRefused, match="Pause or cancel"):
        start_undo(actor=SENDWELL, run_id=upload().pk)
