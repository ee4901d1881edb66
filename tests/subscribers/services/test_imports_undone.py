"""A whole import, taken back: what it made goes, what it overwrote returns, and no no is lost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.services.permission import SENDWELL
from deliverability.queries.suppressions import address_key
from subscribers.errors import ImportRefused
from subscribers.models import (
    ConsentErasure,
    ConsentRecord,
    Contact,
    CustomField,
    ImportChunk,
    ImportRun,
    MailHistory,
    MailingList,
    Subscription,
)
from subscribers.queries.imports.undo import UndoPreview, undo_preview, why_not_undone
from subscribers.services.contacts import change_contact
from subscribers.services.imports import (
    ImportOrder,
    forget_in_imports,
    forget_undo,
    import_contacts,
    start_undo,
    undo_import,
    undoing,
)
from subscribers.services.ledger import prove_ledger
from subscribers.services.scoring import score_contacts
from subscribers.services.subscriptions import (
    confirm_subscription,
    request_subscription,
    subscribe,
    undo_unsubscribe_all,
    unsubscribe,
    unsubscribe_all,
)
from subscribers.types import Basis, Origin
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
PERSON = Origin(source="preference center", actor="the person")


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


@pytest.fixture
def run(tmp_path: Path, news: MailingList) -> Any:
    def write_and_import(text: str, **options: Any) -> ImportRun:
        path = tmp_path / options.pop("name", "people.csv")
        path.write_text(text)
        facts = {"list_slug": "news", "consent_source": "Paper form, fair in Lyon", "actor": "alice"}
        import_contacts(order=ImportOrder(path=path, **{**facts, "rejects_path": tmp_path / "r.csv", **options}))
        return ImportRun.objects.latest("id")

    return write_and_import


def undo(run: ImportRun) -> ImportRun:
    start_undo(actor=SENDWELL, run_id=run.pk)
    undo_import(run_id=run.pk)
    run.refresh_from_db()
    return run


def actions(contact: Contact) -> list[str]:
    return list(contact.consents.order_by("id").values_list("action", flat=True))


def test_who_is_known_by_the_import_alone_goes_with_a_trace_and_the_ledger_still_proves(run: Any) -> None:
    done = run("Email,First name\na@example.com,Anna\nb@example.com,Bert\n")
    score_contacts()
    assert undo_preview(done) == UndoPreview(gone=2)
    undone = undo(done)
    assert (undone.state, undone.undone) == ("undone", {"gone": 2, "kept": 0, "put_back": 0, "voided": 0})
    assert not Contact.objects.exists()
    assert not ConsentRecord.objects.exists()
    assert "was undone" in ConsentErasure.objects.all()[0].reason
    assert prove_ledger().holds
    assert run("Email\na@example.com\n").subscribed == 1


def test_overwritten_values_return_unless_somebody_has_changed_them_since(run: Any) -> None:
    CustomField.objects.create(key="city", label="City")
    CustomField.objects.create(key="size", label="Size", kind="number")
    anna = ContactFactory.create(email="a@example.com", first_name="Anna", last_name="", attributes={"city": "Köln"})
    bert = ContactFactory.create(email="b@example.com", first_name="Bert", attributes={})
    done = run(
        "Email,First name,Last name,Country,City,Size\na@example.com,Ann,Schmidt,FR,Paris,38\nb@example.com,B,,,Rome,\n"
    )
    change_contact(actor=SENDWELL, contact_id=bert.pk, values={"first_name": "Bertram"}, custom={})
    undone = undo(done)
    anna.refresh_from_db()
    bert.refresh_from_db()
    assert (anna.first_name, anna.last_name, anna.country, anna.attributes) == ("Anna", "", "", {"city": "Köln"})
    assert (bert.first_name, bert.attributes) == ("Bertram", {})
    assert undone.undone == {"gone": 0, "kept": 0, "put_back": 2, "voided": 2}


def test_a_permission_is_void_and_neither_a_yes_nor_a_no(run: Any, news: MailingList) -> None:
    known = ContactFactory.create(email="a@example.com")
    done = run("Email\na@example.com\n")
    undo(done)
    assert actions(known) == ["granted", "voided"]
    assert not Subscription.objects.exists()
    assert run("Email\na@example.com\n", name="again.csv").subscribed == 1


def test_a_later_word_of_the_person_stands(run: Any, news: MailingList) -> None:
    left, came_back = (ContactFactory.create(email=f"{name}@example.com") for name in "ab")
    done = run("Email\na@example.com\nb@example.com\n")
    wording = ConsentWordingFactory.create()
    unsubscribe(contact_id=left.pk, mailing_list_id=news.pk, origin=PERSON)
    unsubscribe(contact_id=came_back.pk, mailing_list_id=news.pk, origin=PERSON)
    subscribe(
        contact_id=came_back.pk,
        mailing_list_id=news.pk,
        basis=Basis.EXPRESS,
        wording_id=wording.pk,
        origin=PERSON,
    )
    assert undo_preview(done).voided == 0
    undo(done)
    assert actions(left) == ["granted", "withdrawn"]
    assert actions(came_back) == ["granted", "withdrawn", "granted"]
    assert {s.contact_id: s.state for s in Subscription.objects.all()} == {
        left.pk: "unsubscribed",
        came_back.pk: "subscribed",
    }


def test_opt_outs_of_the_file_stay(run: Any) -> None:
    done = run("Email,Unsubscribed\na@example.com,yes\nb@example.com,\n")
    assert undo_preview(done) == UndoPreview(gone=1, kept=1, opted_out=1)
    undo(done)
    assert list(Subscription.objects.values_list("contact__email", "state")) == [("a@example.com", "unsubscribed")]
    assert run("Email\na@example.com\n", name="again.csv").subscribed == 0


def test_who_was_waiting_to_confirm_waits_again(run: Any, news: MailingList) -> None:
    wording = ConsentWordingFactory.create()
    asked = request_subscription(
        email="a@example.com", mailing_list_ids=[news.pk], wording_id=wording.pk, origin=PERSON
    )
    undo(run("Email\na@example.com\n"))
    assert Subscription.objects.get().state == "pending"
    gone = unsubscribe_all(contact_id=asked.contact_id, origin=PERSON)
    assert undo_unsubscribe_all(contact_id=asked.contact_id, entry_id=gone.entry_id, origin=PERSON)
    assert Subscription.objects.get().state == "pending"
    request = ConsentRecord.objects.filter(action="requested").latest("id")
    assert confirm_subscription(contact_id=asked.contact_id, request_ids=[request.pk], origin=PERSON).is_new


def test_expired_consent_that_a_grant_renewed_is_expired_again(run: Any, news: MailingList) -> None:
    subscribed(news, email="a@example.com")
    before = timezone.now() - timedelta(days=1)
    Subscription.objects.update(consent_expires_at=before)
    entry = Subscription.objects.get().consent_id
    undo(run("Email\na@example.com\n"))
    standing = Subscription.objects.get()
    assert (standing.state, standing.consent_id, standing.consent_expires_at) == ("subscribed", entry, before)


def test_whom_anything_else_knows_stays(run: Any, news: MailingList) -> None:
    done = run("Email\n" + "".join(f"{name}@example.com\n" for name in "abcde"))
    people = {contact.email[0]: contact for contact in Contact.objects.all()}
    MailHistory.objects.create(contact=people["a"], sent_count=1)
    change_contact(actor=SENDWELL, contact_id=people["b"].pk, values={"first_name": "Bert"}, custom={})
    run("Email\nc@example.com\n", name="another.csv", consent_source="Our shop, at the checkout")
    Contact.objects.filter(pk=people["d"].pk).update(engaged_at=timezone.now())
    assert undo_preview(done) == UndoPreview(gone=1, kept=4, voided=4)
    assert undo(done).undone == {"gone": 1, "kept": 4, "put_back": 0, "voided": 4}
    assert set(Contact.objects.values_list("email", flat=True)) == {f"{name}@example.com" for name in "abcd"}
    assert not Subscription.objects.exists()


def test_an_undo_that_dies_in_the_middle_goes_on(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subscribers.services.imports.importing.CHUNK", 2)
    done = run("Email\n" + "".join(f"p{number}@example.com\n" for number in range(6)))
    assert ImportChunk.objects.count() == 3
    start_undo(actor=SENDWELL, run_id=done.pk)
    one_chunk, left = undoing._undo_chunk, [1]

    def die_after_one(run_id: int, chunk_id: int) -> None:
        if not left.pop():
            raise KeyboardInterrupt
        left.append(0)
        one_chunk(run_id, chunk_id)

    with monkeypatch.context() as patch:
        patch.setattr(undoing, "_undo_chunk", die_after_one)
        with pytest.raises(KeyboardInterrupt):
            undo_import(run_id=done.pk)
    assert Contact.objects.count() == 4
    undo_import(run_id=done.pk)
    done.refresh_from_db()
    assert (done.state, done.undone["gone"], Contact.objects.count()) == ("undone", 6, 0)


def test_only_within_its_time_once_and_of_what_is_through(run: Any) -> None:
    done = run("Email\na@example.com\n")
    ImportRun.objects.update(state="running")
    with pytest.raises(ImportRefused, match="Pause or cancel"):
        start_undo(actor=SENDWELL, run_id=done.pk)
    ImportRun.objects.update(state="finished")
    assert forget_undo(timezone.now() + timedelta(days=29 - 30)) == 0
    assert forget_undo(timezone.now() + timedelta(days=31 - 30)) == 1
    done.refresh_from_db()
    assert "30 days" in why_not_undone(done)
    assert Contact.objects.exists()


def test_former_values_of_the_erased_are_forgotten(run: Any) -> None:
    anna = ContactFactory.create(email="a@example.com", first_name="Anna")
    ContactFactory.create(email="b@example.com", first_name="Bert")
    run("Email,First name\na@example.com,Ann\nb@example.com,Bertram\ninfo@gmial.com,\n", held=["typo"])
    forget_in_imports(contact_id=anna.pk, address_key=address_key("info@gmial.com"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT changed::text FROM subscribers_importchunk")
        (text,) = cursor.fetchone()
    assert "Bert" in text
    assert "Anna" not in text
    assert not ImportRun.objects.get().held_rows.exists()
