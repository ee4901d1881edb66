"""Who must not be written to: found even when erased, added and lifted with a reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.types import Role
from deliverability.models import Suppression
from deliverability.queries.suppression_page import ON_A_PAGE, Asked, suppression_page
from deliverability.queries.suppressions import address_key
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import MailingListFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.OWNER, first_name="Mira", last_name="Lang"))
    return client


def hold(address: str, reason: SuppressionReason = SuppressionReason.HARD_BOUNCE) -> Suppression:
    suppress(addresses=[address], scope=Scope.EVERYTHING, reason=reason, evidence="550 5.1.1 no such user")
    return Suppression.objects.get(address_key=address_key(address))


def test_an_erased_address_is_found_by_itself_and_never_shown(owner: Client) -> None:
    hold("ada@example.org", SuppressionReason.ERASURE)
    Suppression.objects.update(address="")
    hold("grace@example.org")
    page = owner.get(reverse("suppressions"), {"address": "Ada@Example.org"}).content.decode()
    assert "Erased address" in page
    assert "grace@example.org" not in page
    assert "is not suppressed" in owner.get(reverse("suppressions"), {"address": "x@example.org"}).content.decode()


def test_many_are_pasted_and_one_wrong_one_stops_all(owner: Client) -> None:
    url = reverse("suppressions-new")
    given = {"addresses": "a@example.org, b@example.org;\nc@example.org nonsense", "reach": "everything", "why": "Trap"}
    assert "No e-mail address: nonsense" in owner.post(url, given).content.decode()
    assert not Suppression.objects.exists()
    owner.post(url, {**given, "addresses": given["addresses"].replace("nonsense", "")})
    assert Suppression.objects.filter(reason="manual", scope="everything").count() == 3
    assert "3 addresses" in AuditEntry.objects.get().text


def lift(client: Client, held: Suppression, why: str = "She wrote") -> int:
    return client.post(reverse("suppression-lift", args=[held.pk]), {"why": why}).status_code


def test_lifting_wants_a_reason_and_stays_on_record(owner: Client) -> None:
    held = hold("a@example.org")
    assert lift(owner, held, why=" ") == 409
    assert lift(owner, held, why="New mailbox, she wrote") == 302
    assert lift(owner, held) == 409
    held.refresh_from_db()
    assert (held.lifted_by, held.lifted_why) == ("Mira Lang", "New mailbox, she wrote")
    assert "a@example.org" not in owner.get(reverse("suppressions")).content.decode()
    page = owner.get(reverse("suppressions"), {"state": "over"}).content.decode()
    assert "by Mira Lang" in page
    assert "New mailbox, she wrote" in page


@pytest.mark.parametrize("address", ["a@icloud.com", "a@me.com", "A@Mac.com"])
def test_whoever_complained_at_apple_is_never_written_to_again(owner: Client, address: str) -> None:
    assert lift(owner, hold(address, SuppressionReason.COMPLAINT)) == 409
    assert Suppression.objects.get().lifted_at is None
    assert "Lift…" not in owner.get(reverse("suppressions")).content.decode()


def test_a_complaint_is_lifted_by_who_manages_delivery_and_not_once_its_address_is_erased(client: Client) -> None:
    held, erased = hold("a@gmail.com", SuppressionReason.COMPLAINT), hold("b@gmail.com", SuppressionReason.COMPLAINT)
    Suppression.objects.filter(pk=erased.pk).update(address="")
    client.force_login(UserFactory.create(role=Role.MARKETER))
    assert lift(client, held) == 403
    client.force_login(UserFactory.create(role=Role.DELIVERABILITY))
    assert lift(client, erased) == 409
    assert lift(client, held) == 302


def test_one_stream_or_one_list_is_held_by_its_name(owner: Client) -> None:
    stream, news = StreamFactory.create(slug="marketing", name="Roastery mail"), MailingListFactory.create(name="News")
    for reach in (f"stream:{stream.pk}", f"topic:{news.pk}"):
        owner.post(reverse("suppressions-new"), {"addresses": "a@example.org", "reach": reach, "why": "Asked"})
    assert set(Suppression.objects.values_list("scope", "target")) == {("stream", stream.pk), ("topic", news.pk)}
    page = owner.get(reverse("suppressions"), {"scope": f"stream:{stream.pk}"}).content.decode()
    assert page.count('<td data-label="Address"') == 1
    gone = owner.post(reverse("suppressions-new"), {"addresses": "a@example.org", "reach": "stream:0", "why": "Asked"})
    assert "Select a valid choice" in gone.content.decode()


def test_pages_go_on_and_back() -> None:
    suppress(
        addresses=[f"p{n}@example.org" for n in range(ON_A_PAGE + 3)],
        scope=Scope.MARKETING,
        reason=SuppressionReason.MANUAL,
    )
    first = suppression_page(Asked())
    second = suppression_page(Asked(), after=first.older)
    assert (len(first.rows), len(second.rows), second.older) == (ON_A_PAGE, 3, 0)
    assert suppression_page(Asked(), before=second.newer).rows == first.rows


def test_the_export_holds_what_is_shown_and_runs_no_formula(owner: Client) -> None:
    hold("a@example.org")
    Suppression.objects.update(evidence="=1+1")
    hold("b@example.org", SuppressionReason.COMPLAINT)
    answer = owner.post(reverse("suppressions-export"), {"query": "reason=hard_bounce"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert ",'=1+1," in lines[1]


def test_a_list_of_another_system_is_taken_over(owner: Client) -> None:
    url = reverse("suppressions-import")
    given = {"reason": "manual", "reach": "everything", "why": "From the old system"}

    def send(text: str) -> str:
        file = SimpleUploadedFile("old.csv", text.encode(), "text/csv")
        return owner.post(url, {**given, "file": file}, follow=True).content.decode()

    assert "The file holds no address" in send("name\nAda\n")
    assert "1 newly suppressed, 0 were already" in send("email,type\na@example.org,complaint\n")
    page = send("email\na@example.org\nb@example.org\n<b>nobody</b>\n")
    assert "2 newly suppressed, 0 were already, 1 rows were refused" in page
    assert "&lt;b&gt;nobody&lt;/b&gt;" in page
    reasons = set(Suppression.objects.values_list("address", "reason", "added_by"))
    assert reasons == {
        ("a@example.org", "complaint", "Mira Lang"),
        ("a@example.org", "manual", "Mira Lang"),
        ("b@example.org", "manual", "Mira Lang"),
    }
    assert "From the old system" in AuditEntry.objects.latest("id").text


MAY_CHANGE = {Role.OWNER, Role.MARKETER, Role.DELIVERABILITY}
TABLE = {
    "suppressions": ("get", set(Role)),
    "suppressions-new": ("get", MAY_CHANGE),
    "suppressions-import": ("get", MAY_CHANGE),
    "suppressions-export": ("post", {Role.OWNER, Role.ANALYST}),
    "suppression-lift": ("post", MAY_CHANGE),
}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("role", [None, *Role])
def test_each_role_gets_what_it_may(client: Client, name: str, role: Role | None) -> None:
    method, allowed = TABLE[name]
    held = hold("a@example.org")
    if role:
        client.force_login(UserFactory.create(role=role))
    answer = getattr(client, method)(reverse(name, args=[held.pk] if name == "suppression-lift" else []))
    if role is None:
        assert answer.status_code == 302
    else:
        assert answer.status_code in ((200, 302, 409) if role in allowed else (403,))
