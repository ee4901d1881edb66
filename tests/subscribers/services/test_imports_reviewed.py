"""Rows that an import held, and what becomes of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.models import MailDomain
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.errors import ImportRefused
from subscribers.models import ConsentRecord, Contact, CustomField, HeldRow, ImportRun, MailingList, Subscription
from subscribers.rules.imports.holding import Decision, HoldReason
from subscribers.services.imports import (
    ImportOrder,
    decide_held,
    forget_held_rows,
    import_contacts,
    reviewing,
    start_undo,
    undo_import,
)
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import Origin
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
FILE = (
    "Email,First name,City,Subscribed\n"
    "Ada@gmial.com,Ada,Köln,yes\n"
    "box@mailinator.com,Box,,yes\n"
    "info@example.org,,,yes\n"
    "dead@gone.example,Dora,,yes\n"
    "bounced@example.com,Ben,,yes\n"
    "open@example.com,Otto,,\n"
    "two@example.com,Anna,,yes\n"
    "two@example.com,Bert,,yes\n"
    "fine@example.com,Fay,,yes\n"
)


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


@pytest.fixture
def run(tmp_path: Path, news: MailingList) -> Any:
    def write_and_import(text: str = FILE, held: Any = tuple(HoldReason)) -> ImportRun:
        path = tmp_path / "people.csv"
        path.write_text(text)
        order = ImportOrder(
            path=path,
            list_slug="news",
            consent_source="Paper form, fair in Lyon",
            actor="alice",
            rejects_path=tmp_path / "r.csv",
            held=held,
        )
        import_contacts(order=order)
        return ImportRun.objects.latest("id")

    return write_and_import


@pytest.fixture
def risky(run: Any) -> ImportRun:
    CustomField.objects.create(key="city", label="City")
    suppress(addresses=["bounced@example.com"], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    MailDomain.objects.create(domain="gone.example", expires_at=timezone.now() + timedelta(days=1))
    done: ImportRun = run()
    return done


def adds_up(run: ImportRun) -> bool:
    run.refresh_from_db()
    people = run.created + run.updated + run.unchanged
    return run.rows == run.rejected + run.held + run.duplicates + people


def test_every_risky_row_is_held_with_its_column_and_value_and_nobody_of_them_is_imported(risky: ImportRun) -> None:
    held = risky.held_rows.order_by("row")
    assert [(row.row, row.reason) for row in held] == [
        (2, "typo"),
        (3, "disposable"),
        (4, "role"),
        (5, "dead_domain"),
        (6, "bounced"),
        (7, "unstated"),
        (8, "conflict"),
        (9, "conflict"),
    ]
    assert (held[0].column, held[0].value, held[0].person["attributes"]) == ("Email", "Ada@gmial.com", {"city": "Köln"})
    assert (risky.rows, risky.held, risky.created) == (9, 8, 1)
    assert adds_up(risky)


def test_an_accepted_suggestion_arrives_with_all_that_the_row_says(risky: ImportRun) -> None:
    done = decide_held(actor=SENDWELL, run_id=risky.pk, decision=Decision.MEND, reason="typo")
    assert (done.decided, done.subscribed, done.kept_out, done.left) == (1, 1, [], 0)
    ada = Contact.objects.get(email="ada@gmail.com")
    assert (ada.first_name, ada.attributes, ada.mailbox_provider) == ("Ada", {"city": "Köln"}, "google")
    entry = ConsentRecord.objects.get(contact=ada)
    assert (entry.action, entry.source) == ("granted", "Import of people.csv: Paper form, fair in Lyon")
    assert entry.actor == "Sendwell, after review"
    assert adds_up(risky)


def test_one_of_two_who_share_an_address_is_chosen(risky: ImportRun) -> None:
    anna = risky.held_rows.get(row=8)
    decide_held(actor=SENDWELL, run_id=risky.pk, decision=Decision.IMPORT, row_ids=[anna.pk])
    decide_held(actor=SENDWELL, run_id=risky.pk, decision=Decision.REJECT, reason="conflict")
    assert Contact.objects.get(email="two@example.com").first_name == "Anna"
    assert list(HeldRow.objects.filter(reason="conflict").order_by("row").values_list("state", "decided_by")) == [
        ("imported", "Sendwell"),
        ("rejected", "Sendwell"),
    ]


@pytest.mark.parametrize("reason", ["disposable", "bounced"])
def test_no_decision_brings_in_mailboxes_for_one_use_or_those_that_bounced(risky: ImportRun, reason: str) -> None:
    done = decide_held(actor=SENDWELL, run_id=risky.pk, decision=Decision.IMPORT, reason=reason)
    assert (done.decided, Contact.objects.count()) == (0, 1)
    assert risky.held_rows.get(reason=reason).state == "open"


def test_all_that_may_come_in_comes_in_at_once_and_permission_that_is_open_stays_so(risky: ImportRun) -> None:
    done = decide_held(actor=SENDWELL, run_id=risky.pk, decision=Decision.IMPORT)
    assert done.decided == 6
    assert {line[2] for line in done.kept_out} == {"ada@gmial.com", "open@example.com"}
    assert not Subscription.objects.filter(contact__email="open@example.com").exists()
    assert adds_up(risky)


def test_a_review_brings_nobody_back(run: Any, news: MailingList) -> None:
    gone = subscribed(news, email="ada@gmial.com")
    unsubscribe(contact_id=gone.pk, mailing_list_id=news.pk, origin=Origin(source="page", actor="the person"))
    done = decide_held(actor=SENDWELL, run_id=run("Email\nada@gmial.com\n").pk, decision=Decision.IMPORT)
    assert (done.decided, done.subscribed) == (1, 0)
    assert "never brings anybody back" in done.kept_out[0][3]


def test_who_came_in_by_review_goes_with_the_import_and_then_nothing_more_comes(risky: ImportRun) -> None:
    decide_held(actor=SENDWELL, run_id=risky.pk, decision=Decision.MEND, reason="typo")
    start_undo(actor=SENDWELL, run_id=risky.pk)
    undo_import(run_id=risky.pk)
    assert not Contact.objects.exists()
    with pytest.raises(ImportRefused, match="undone"):
        decide_held(actor=SENDWELL, run_id=risky.pk, decision=Decision.IMPORT)


def test_held_rows_go_when_their_time_is_over(risky: ImportRun) -> None:
    forget_held_rows(timezone.now() + timedelta(days=89 - 90))
    assert risky.held_rows.count() == 8
    forget_held_rows(timezone.now() + timedelta(days=91 - 90))
    assert not risky.held_rows.exists()


def test_an_import_that_is_undone_while_a_decision_waits_for_its_turn_takes_nobody_in(
    risky: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def behind_an_undo(*_: Any) -> Iterator[None]:
        ImportRun.objects.filter(pk=risky.pk).update(state=ImportRun.State.UNDONE)
        yield

    monkeypatch.setattr(reviewing, "sole_import", behind_an_undo)
    with pytest.raises(ImportRefused, match="undone"):
        decide_held(actor=SENDWELL, run_id=risky.pk, decision=Decision.IMPORT, reason=HoldReason.ROLE)
    assert not Contact.objects.filter(email="info@example.org").exists()
    assert risky.held_rows.get(reason=HoldReason.ROLE).state == HeldRow.State.OPEN
