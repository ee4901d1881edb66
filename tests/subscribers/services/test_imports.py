"""From a file on the disk to contacts, ledger and subscriptions."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.errors import ImportRefused, ImportStopped
from subscribers.models import ConsentRecord, Contact, CustomField, ImportRun, MailingList, Subscription
from subscribers.queries.audience.selection import audience_sql
from subscribers.services.imports import ImportOrder, ImportResult, import_contacts
from subscribers.services.subscriptions import request_subscription, unsubscribe, unsubscribe_all
from subscribers.types import Audience, Basis, Origin, SubscriptionState
from tests.factories.subscribers import ConsentWordingFactory, ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
PERSON = Origin(source="preference center", actor="the person")


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


@pytest.fixture
def run(tmp_path: Path, news: MailingList) -> Any:
    """Writes a file and imports it: `run("Email\\na@example.com\\n", basis=…)`."""

    def write_and_import(text: str | bytes, *, name: str = "people.csv", **options: Any) -> ImportResult:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        facts = {"list_slug": "news", "consent_source": "Paper form, fair in Lyon", "actor": "alice"}
        order = ImportOrder(path=path, **{**facts, "rejects_path": tmp_path / "rejects.csv", **options})
        return import_contacts(order=order)

    return write_and_import


def lines(path: str) -> list[dict[str, str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def state(email: str, slug: str = "news") -> str | None:
    found = Subscription.objects.filter(contact__email=email, mailing_list__slug=slug).first()
    return found.state if found else None


def everything() -> list[Any]:
    return [
        list(Contact.objects.order_by("id").values()),
        list(ConsentRecord.objects.order_by("id").values()),
        list(Subscription.objects.order_by("id").values()),
    ]


def test_people_arrive_with_names_provider_and_permission(run: Any) -> None:
    result = run("E-Mail;Vorname;Nachname;Land\nANNA@gmail.com;Anna;Schmidt;Deutschland\n", basis=Basis.SOFT_OPT_IN)
    contact = Contact.objects.get()
    assert (contact.email, contact.full_name, contact.country) == ("anna@gmail.com", "Anna Schmidt", "DE")
    assert contact.mailbox_provider == "google"
    subscription = Subscription.objects.select_related("consent").get(contact=contact)
    entry = subscription.consent
    assert entry is not None
    assert (subscription.state, entry.action, entry.basis, entry.actor) == (
        "subscribed",
        "granted",
        "soft_opt_in",
        "alice",
    )
    assert entry.source == "Import of people.csv: Paper form, fair in Lyon"
    assert (result.tally.created, result.tally.subscribed) == (1, 1)
    assert result.delimiter == ";"


def test_implied_consent_is_given_its_end(run: Any) -> None:
    run("Email\na@example.com\n", basis=Basis.IMPLIED_INQUIRY)
    expires_at = Subscription.objects.get().consent_expires_at
    assert expires_at is not None
    assert timedelta(days=180) < expires_at - timezone.now() < timedelta(days=185)


def test_a_second_run_changes_nothing(run: Any) -> None:
    text = "Email,First name,Unsubscribed\na@example.com,Anna,\nb@example.com,Bert,yes\nA@example.com,Ann,\n"
    first = run(text)
    before = everything()
    second = run(text)
    assert everything() == before
    assert (first.tally.created, second.tally.created) == (2, 0)
    assert (second.tally.unchanged, second.tally.subscribed_before, second.tally.opted_out) == (2, 1, 1)


def test_filled_cells_replace_and_empty_ones_blank_nothing(run: Any) -> None:
    CustomField.objects.create(key="city", label="City")
    ContactFactory.create(email="Anna@example.com", first_name="Anna", attributes={"size": 38})
    run("Email,First name,Last name,City\nanna@example.com,,Schmidt,Köln\n")
    contact = Contact.objects.get()
    assert (contact.email, contact.first_name, contact.last_name) == ("Anna@example.com", "Anna", "Schmidt")
    assert contact.attributes == {"size": 38, "city": "Köln"}


def test_of_two_rows_of_one_address_the_last_counts(run: Any) -> None:
    result = run("Email,First name\na@example.com,Old\nb@example.com,Bert\nA@example.com,New\n")
    assert Contact.objects.get(email="a@example.com").first_name == "New"
    assert (result.tally.rows, result.tally.duplicates, result.tally.created) == (3, 1, 2)


@pytest.mark.parametrize("cells", [("yes", ""), ("", "yes")])
def test_one_no_outweighs_every_other_row_of_the_address(run: Any, cells: tuple[str, str]) -> None:
    run(f"Email,Unsubscribed\na@example.com,{cells[0]}\na@example.com,{cells[1]}\n")
    assert state("a@example.com") == SubscriptionState.UNSUBSCRIBED
    assert [entry.action for entry in ConsentRecord.objects.all()] == ["withdrawn"]


def test_an_opt_out_in_the_file_takes_a_subscriber_off_the_list(run: Any, news: MailingList) -> None:
    contact = subscribed(news, email="a@example.com")
    run("Email,Status\na@example.com,unsubscribed\n")
    assert state("a@example.com") == SubscriptionState.UNSUBSCRIBED
    assert contact.consents.order_by("id").last().action == "withdrawn"


def test_an_open_consent_column_brings_a_contact_without_mail(run: Any) -> None:
    result = run("Email,Accepts marketing\na@example.com,\nb@example.com,yes\n")
    assert (state("a@example.com"), state("b@example.com")) == (None, "subscribed")
    assert [(line["row"], line["value"]) for line in lines(result.kept_out_path)] == [("2", "a@example.com")]


def test_who_left_the_list_stays_away(run: Any, news: MailingList) -> None:
    contact = subscribed(news, email="a@example.com")
    unsubscribe(contact_id=contact.pk, mailing_list_id=news.pk, origin=PERSON)
    result = run("Email\na@example.com\n")
    assert state("a@example.com") == SubscriptionState.UNSUBSCRIBED
    assert (result.tally.kept_out, result.tally.subscribed) == (1, 0)
    assert "unsubscribed" in lines(result.kept_out_path)[0]["reason"]


def test_a_strangers_sign_up_does_not_open_the_door_to_an_import(run: Any, news: MailingList) -> None:
    contact = subscribed(news, email="a@example.com")
    unsubscribe(contact_id=contact.pk, mailing_list_id=news.pk, origin=PERSON)
    wording = ConsentWordingFactory.create()
    request_subscription(email="a@example.com", mailing_list_ids=[news.pk], wording_id=wording.pk, origin=PERSON)
    assert state("a@example.com") == SubscriptionState.PENDING
    run("Email\na@example.com\n")
    assert state("a@example.com") == SubscriptionState.PENDING


def test_who_left_everything_is_not_put_on_another_list(run: Any, news: MailingList) -> None:
    contact = subscribed(MailingListFactory.create(slug="offers"), email="a@example.com")
    unsubscribe_all(contact_id=contact.pk, origin=PERSON)
    result = run("Email\na@example.com\n")
    assert state("a@example.com") is None
    assert result.tally.kept_out == 1


def test_the_erased_stay_away_though_nothing_but_their_hash_is_known(run: Any) -> None:
    suppress(addresses=["a@example.com"], scope=Scope.EVERYTHING, reason=SuppressionReason.ERASURE)
    result = run("Email\nA@Example.com\n")
    assert state("a@example.com") is None
    assert "suppressed" in lines(result.kept_out_path)[0]["reason"]


def test_role_accounts_become_contacts_and_get_no_mail(run: Any) -> None:
    result = run("Email\nabuse@example.com\nada@example.com\n")
    assert (state("abuse@example.com"), state("ada@example.com")) == (None, SubscriptionState.SUBSCRIBED)
    assert "policy" in lines(result.kept_out_path)[0]["reason"]


def test_a_transactional_suppression_does_not_keep_marketing_out(run: Any) -> None:
    suppress(addresses=["a@example.com"], scope=Scope.TRANSACTIONAL, reason=SuppressionReason.MANUAL)
    run("Email\na@example.com\n")
    assert state("a@example.com") == SubscriptionState.SUBSCRIBED


def test_another_spelling_of_the_domain_is_the_same_person(run: Any, news: MailingList) -> None:
    contact = subscribed(news, email="anna@bücher.de")
    unsubscribe(contact_id=contact.pk, mailing_list_id=news.pk, origin=PERSON)
    run("Email\nanna@xn--bcher-kva.de\n")
    assert Contact.objects.count() == 1
    assert state("anna@bücher.de") == SubscriptionState.UNSUBSCRIBED


def test_who_is_waiting_to_confirm_is_subscribed_by_a_statement(run: Any, news: MailingList) -> None:
    wording = ConsentWordingFactory.create()
    request_subscription(email="a@example.com", mailing_list_ids=[news.pk], wording_id=wording.pk, origin=PERSON)
    run("Email\na@example.com\n")
    assert state("a@example.com") == SubscriptionState.SUBSCRIBED


def test_expired_consent_is_renewed_by_a_new_statement(run: Any, news: MailingList) -> None:
    subscribed(news, email="a@example.com")
    Subscription.objects.update(consent_expires_at=timezone.now() - timedelta(days=1))
    result = run("Email\na@example.com\n")
    assert result.tally.subscribed == 1
    assert Subscription.objects.get().consent_expires_at is None


def test_rejects_name_row_column_value_and_reason(run: Any) -> None:
    result = run(
        'Name,Email\nAnna,anna@example.com\n"Two\nlines",not-an-address\n\nBert,bert@example.com,extra\n'
        'Carla,"carla@example.com\nDora,dora@example.com\n'
    )
    rejected = lines(result.rejects_path)
    assert [(line["row"], line["column"], line["value"]) for line in rejected] == [
        ("3", "Email", "not-an-address"),
        ("5", "", "Bert,bert@example.com,extra"),
        ("6", "", 'Carla,"carla@example.com'),
    ]
    assert "no @" in rejected[0]["reason"]
    assert "3 cells where the header has 2" in rejected[1]["reason"]
    assert "not closed" in rejected[2]["reason"]
    assert (result.tally.rows, result.tally.rejected, result.tally.created) == (5, 3, 2)


def test_every_row_is_accounted_for(run: Any, news: MailingList) -> None:
    subscribed(news, email="old@example.com", first_name="")
    suppress(addresses=["bounced@example.com"], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
    tally = run(
        "Email,First name,Opt-out\nold@example.com,Olga,\nnew@example.com,,\nnew@example.com,N,\nbad,,\n"
        "left@example.com,,x\nbounced@example.com,,\n"
    ).tally
    people = tally.created + tally.updated + tally.unchanged
    assert tally.rows == tally.rejected + tally.duplicates + people == 6
    assert people == tally.subscribed + tally.subscribed_before + tally.opted_out + tally.kept_out


def test_windows_1252_and_utf_16_arrive_as_written(run: Any) -> None:
    text = "E-Mail;Vorname\nzoe@example.com;Zoë\n"
    run(text.encode("cp1252"))
    assert Contact.objects.get().first_name == "Zoë"
    run(text.replace("zoe@", "zoe2@").encode("utf-16"), name="other.csv")
    assert Contact.objects.get(email="zoe2@example.com").first_name == "Zoë"


def test_values_that_look_like_copy_syntax_stay_text(run: Any) -> None:
    run('Email,First name,Last name\na@example.com,\\N,"\\.\nx"\n')
    assert Contact.objects.get().first_name == "\\N"
    assert Contact.objects.get().last_name == "\\.\nx"


@pytest.mark.parametrize(
    ("text", "options", "word"),
    [
        ("Email\na@example.com\n", {"consent_source": ""}, "for example"),
        ("Email\na@example.com\n", {"consent_source": "purchased list"}, "bought, rented"),
        ("Email\na@example.com\n", {"list_slug": "nevs"}, "Did you mean"),
        ("Email\na@example.com\n", {"list_slug": "no good", "create_list": True}, "cannot name a list"),
        ("Name\nAnna\n", {}, "No column of the file holds"),
        ("", {}, "empty"),
        (b"PK\x03\x04binary", {}, "Save as"),
        ('Email,"Name\na@example.com,Anna\n', {}, "header in row 1"),
        ("Email\n" + 'a@example.com,"x" y\n' * 1100, {}, "stray quotes"),
    ],
)
def test_what_cannot_be_imported_is_refused_and_changes_nothing(
    run: Any, text: str | bytes, options: dict[str, Any], word: str
) -> None:
    with pytest.raises(ImportRefused, match=word):
        run(text, **options)
    assert everything() == [[], [], []]


def test_a_missing_file_is_refused() -> None:
    order = ImportOrder(path=Path("/nowhere/x.csv"), list_slug="news", consent_source="Paper form in Lyon", actor="a")
    with pytest.raises(ImportRefused, match="cannot be read"):
        import_contacts(order=order)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full to play a full disk")
def test_a_full_disk_stops_with_advice_and_a_second_run_finishes(run: Any) -> None:
    with pytest.raises(ImportStopped, match="disk is full"):
        run("Email\na@example.com\nbad\n", rejects_path=Path("/dev/full"))
    assert ImportRun.objects.get().state == ImportRun.State.FAILED
    result = run("Email\na@example.com\nbad\n")
    assert (result.tally.created, result.tally.rejected) == (1, 1)
    assert ImportRun.objects.get().state == ImportRun.State.FINISHED


def test_a_rehearsal_counts_and_changes_nothing(run: Any) -> None:
    result = run(
        "Email,City\na@example.com,Köln\n", list_slug="fresh", create_list=True, declare_fields=True, dry_run=True
    )
    assert (result.tally.created, result.tally.subscribed) == (1, 1)
    assert everything() == [[], [], []]
    assert not MailingList.objects.filter(slug="fresh").exists()
    assert not CustomField.objects.exists()
    assert not ImportRun.objects.exists()


def test_declared_on_request_undeclared_otherwise(run: Any) -> None:
    assert run("Email,City\na@example.com,Köln\n").ignored_columns == ("City",)
    run("Email,City\na@example.com,Köln\n", declare_fields=True)
    assert CustomField.objects.get().label == "City"
    assert Contact.objects.get().attributes == {"city": "Köln"}


def test_implied_consent_counts_from_the_purchase_and_has_ended_where_that_is_too_long_ago(run: Any) -> None:
    bought = timezone.now() - timedelta(days=300)
    result = run(
        f"Email,Last order date\nfresh@example.com,{bought:%Y-%m-%d}\nold@example.com,2019-03-31\nopen@example.com,\n",
        basis=Basis.IMPLIED_PURCHASE,
    )
    ends = dict(Subscription.objects.values_list("contact__email", "consent_expires_at"))
    assert set(ends) == {"fresh@example.com", "open@example.com"}
    assert timedelta(days=425) < ends["fresh@example.com"] - timezone.now() < timedelta(days=435)
    assert timedelta(days=725) < ends["open@example.com"] - timezone.now() < timedelta(days=735)
    assert [line["value"] for line in lines(result.kept_out_path)] == ["old@example.com"]
    assert "too long ago" in lines(result.kept_out_path)[0]["reason"]


def test_who_was_engaged_where_they_come_from_goes_first(run: Any, news: MailingList) -> None:
    day = timezone.now()
    result = run(
        "Email,Last open,Last click,MEMBER_RATING\n"
        f"a@example.com,{day - timedelta(days=9):%Y-%m-%d},2020-01-01,1\n"
        f"b@example.com,{day - timedelta(days=60):%Y-%m-%d %H:%M:%S},,\n"
        "c@example.com,,2020-01-01,2\nd@example.com,never,,\ne@example.com,,,5\nf@example.com,,,4\n"
        f"g@example.com,{day + timedelta(days=9):%Y-%m-%d},,\n"
    )
    sql, params = audience_sql(Audience(lists=(news.pk,)), timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT contact_id, priority FROM ({sql}) everybody", params)
        priority = dict(cursor.fetchall())
    bands = {contact.email[0]: priority[contact.pk] for contact in Contact.objects.all()}
    assert bands == {"a": 0, "b": 1, "c": 2, "d": 3, "e": 0, "f": 1, "g": 0}
    assert result.tally.engaged == 5
    assert not Contact.objects.filter(engaged_at__isnull=False).exists()
