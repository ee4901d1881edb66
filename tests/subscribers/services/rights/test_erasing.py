"""After an erasure nothing leads to the person, the numbers stand, and their no holds."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accounts.errors import PermissionRefused
from accounts.models import AuditEntry
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.models import Exclusion
from deliverability.models import DeliveryBatch, Event, InboundMail, MailingCount, Suppression
from deliverability.queries.streams import mailing_brief
from deliverability.queries.suppressions import address_key, suppressed_keys
from deliverability.services.composers import composer_for
from deliverability.services.events import append_events
from deliverability.types import EventKind, NewEvent, OutgoingMessage, Skipped, SkipReason, StreamKind
from subscribers import conf
from subscribers.models import ConsentErasure, Contact, ImportRun, PrivacyRequest
from subscribers.services.ledger import prove_ledger
from subscribers.services.merging import merge_contacts
from subscribers.services.rights import PERSON, erase_contact, open_request
from subscribers.services.subscriptions import subscribe, unsubscribe
from subscribers.types import Basis, Origin, RequestKind, RequestState
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import sending
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, MailingListFactory, subscribed
from tests.subscribers.services.rights.lives import ADDRESS, CONTACT_ID, IP, NAME, lived
from tests.subscribers.services.rights.traces import files_with, redis_keys_with, tables_with, tables_with_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def folders(settings: LazySettings, tmp_path: Path) -> list[Path]:
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path / "data", tmp_path / "media"
    return [settings.DATA_DIR, settings.MEDIA_ROOT]


def test_nothing_leads_to_an_erased_person(folders: list[Path]) -> None:
    lived()
    # The traces are there to be found: what is searched in vain below was found before.
    assert len(tables_with(ADDRESS)) >= 15
    assert len(tables_with_number(CONTACT_ID)) >= 10
    assert len(files_with(ADDRESS, *folders)) == 2

    erase_contact(contact_id=CONTACT_ID, actor=SENDWELL, reason=f"{ADDRESS} wrote to us")

    for trace in (ADDRESS, ADDRESS.replace("@", "%40"), NAME, IP, "quintessa"):
        assert tables_with(trace) == set(), trace
        assert redis_keys_with(trace) == []
        assert files_with(trace, *folders) == []
    # Mails are kept packed, where no search finds a name.
    assert not InboundMail.objects.exists()
    # For a month, so that what comes in late is found.
    assert tables_with_number(CONTACT_ID) == {"subscribers_privacyrequest.erased_ids"}


def test_numbers_of_reports_stay_true(folders: list[Path]) -> None:
    lived()
    counts = list(MailingCount.objects.order_by("pk").values_list("kind", "total", "people"))
    erase_contact(contact_id=CONTACT_ID, actor=SENDWELL, reason="asked")

    assert list(MailingCount.objects.order_by("pk").values_list("kind", "total", "people")) == counts
    assert Event.objects.count() == 4
    [stranger] = Event.objects.values_list("recipient_id", flat=True).distinct()
    assert DeliveryBatch.objects.get().recipient_ids == [1, stranger]
    assert 1 << 46 <= stranger < 1 << 47
    bounce = Event.objects.get(kind=EventKind.BOUNCED)
    assert (bounce.code, bounce.detail) == (550, "0.0.0 <address> is unknown")
    assert len(Exclusion.objects.get().contact_ids) == 3


def test_the_strangers_of_two_mailings_cannot_be_joined() -> None:
    contact = subscribed()
    for _ in range(2):
        _opened(contact)
    erase_contact(contact_id=contact.pk, actor=SENDWELL, reason="asked")
    assert Event.objects.values("recipient_id").distinct().count() == 2


def test_the_rows_of_others_stay_in_files(folders: list[Path]) -> None:
    lived()
    erase_contact(contact_id=CONTACT_ID, actor=SENDWELL, reason="asked")
    left = (conf.imports_folder() / "people-rejects.csv").read_text(encoding="utf-8")
    assert left.splitlines() == ["row,column,value,reason", '2,email,ada@example.net,"a ""b""', 'c"']


@pytest.mark.usefixtures("folders")
@pytest.mark.parametrize(
    ("rows", "left"),
    [
        (["joann@example.com", "ann@example.com", "ann@example.com.au"], ["joann@example.com", "ann@example.com.au"]),
        (
            ['bob@example.com,5" pipe', "ann@example.com", "dora@example.com"],
            ['bob@example.com,5" pipe', "dora@example.com"],
        ),
        (
            ['bob@example.com,"never closed', "ann@example.com", "dora@example.com"],
            ['bob@example.com,"never closed', "dora@example.com"],
        ),
        (['ann@example.com,"two', 'lines"', 'bob@example.com,"a ""b"', 'c"'], ['bob@example.com,"a ""b"', 'c"']),
    ],
)
def test_nobody_else_goes_from_a_file_with_them(rows: list[str], left: list[str]) -> None:
    contact = subscribed(email="ann@example.com")
    file = conf.imports_folder() / "rejects.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([*rows, ""]))
    erase_contact(contact_id=contact.pk, actor=SENDWELL, reason="asked")
    assert file.read_text().splitlines() == left


@pytest.mark.usefixtures("folders")
def test_an_import_that_stopped_at_them_passes_nobody_over() -> None:
    contact = subscribed(email="abel@example.com")
    run = ImportRun.objects.create(file_name="people.csv", state=ImportRun.State.PAUSED, position="abel@example.com")
    erase_contact(contact_id=contact.pk, actor=SENDWELL, reason="asked")
    run.refresh_from_db()
    assert run.position == ""


def test_the_ledger_still_proves_everybody_else() -> None:
    stays, goes = subscribed(), subscribed()
    erase_contact(contact_id=goes.pk, actor=SENDWELL, reason="asked")
    proof = prove_ledger()
    assert proof.holds
    assert ConsentErasure.objects.count() == 1
    assert stays.consents.count() == 1


def test_their_no_holds_as_a_hash_alone(folders: list[Path]) -> None:
    lived()
    erase_contact(contact_id=CONTACT_ID, actor=SENDWELL, reason="asked")
    key = address_key(ADDRESS)
    held = Suppression.objects.filter(address_key=key)
    assert {(each.scope, each.reason) for each in held} == {
        ("everything", "hard_bounce"),
        ("marketing", "erasure"),
        ("topic", "unsubscribe"),
    }
    assert {(each.address, each.evidence, each.added_by) for each in held} == {("", "", "")}
    assert suppressed_keys(StreamKind.MARKETING, [key]) == {key}


def test_only_their_own_new_yes_lifts_it() -> None:
    contact = subscribed(email="ada@example.org")
    news = MailingListFactory.create()
    erase_contact(contact_id=contact.pk, actor=SENDWELL, reason="asked")
    back = ContactFactory.create(email="ada@example.org")
    key = bytes(back.address_key)
    assert suppressed_keys(StreamKind.MARKETING, [key], topic_id=news.pk) == {key}
    subscribe(
        contact_id=back.pk,
        mailing_list_id=news.pk,
        basis=Basis.EXPRESS,
        wording_id=ConsentWordingFactory.create().pk,
        origin=Origin(source="page", actor="the person"),
    )
    assert suppressed_keys(StreamKind.MARKETING, [key], topic_id=news.pk) == set()


def test_the_request_says_that_it_was_done_and_not_for_whom() -> None:
    contact = subscribed(country="FR")
    asked = open_request(
        contact_id=contact.pk,
        kind=RequestKind.ERASURE,
        source="A letter",
        actor=SENDWELL,
        details="me",
        address="a@b.example",
    )
    done = erase_contact(contact_id=contact.pk, actor=PERSON, reason="asked")
    assert done.pk == asked.pk
    assert (done.state, done.contact, done.address, done.details) == (RequestState.FULFILLED, None, "", "")
    assert [step.text for step in done.steps.order_by("pk")] == [
        "Asked for it: A letter",
        "Erased the person and all that we held of them.",
    ]
    assert AuditEntry.objects.get().text == f"Erased a person: privacy request {done.pk}."


def test_a_marketer_may_not_erase() -> None:
    contact = subscribed()
    with pytest.raises(PermissionRefused):
        erase_contact(contact_id=contact.pk, actor=UserFactory.create(role=Role.MARKETER), reason="asked")
    assert Contact.objects.filter(pk=contact.pk).exists()
    assert not PrivacyRequest.objects.exists()


def _opened(contact: Contact) -> None:
    event = NewEvent(
        occurred_at=timezone.now(),
        kind=EventKind.OPENED,
        mailing_id=MailingFactory.create().pk,
        recipient_id=contact.pk,
        mailbox_provider="google",
    )
    append_events([event])


def test_every_contact_that_they_turned_out_to_be_goes_too() -> None:
    news, offers = MailingListFactory.create(), MailingListFactory.create(slug="offers")
    kept, merged = subscribed(news), subscribed(offers, email="ada@erasure-test.example")
    unsubscribe(contact_id=merged.pk, mailing_list_id=offers.pk, origin=Origin(source="page", actor="the person"))
    merge_contacts(keep_id=kept.pk, merge_id=merged.pk, actor=SENDWELL)
    _opened(merged)
    erase_contact(contact_id=merged.pk, actor=SENDWELL, reason="asked")

    assert not Contact.with_merged.exists()
    assert tables_with("erasure-test.example") == set()
    assert prove_ledger().holds
    for key in (bytes(kept.address_key), bytes(merged.address_key)):
        assert suppressed_keys(StreamKind.MARKETING, [key]) == {key}
        assert Suppression.objects.filter(address_key=key, scope="topic", target=offers.pk).exists()


def test_mail_that_waits_in_a_campaign_is_skipped_with_a_reason() -> None:
    news = MailingListFactory.create()
    goes, stays = subscribed(news), subscribed(news)
    campaign = sending(mailing_list=news)
    erase_contact(contact_id=goes.pk, actor=SENDWELL, reason="asked")
    assert campaign.mailing_id is not None
    batch = DeliveryBatch.objects.get(mailing=campaign.mailing_id)
    first, second = sorted(batch.recipient_ids)
    composed = {
        message.recipient_id: message
        for message in composer_for("campaign").compose(mailing_brief(campaign.mailing_id), [first, second])
    }
    assert composed[goes.pk] == Skipped(goes.pk, SkipReason.GONE)
    assert isinstance(composed[stays.pk], OutgoingMessage)
