"""Who must not be written to: found even when erased, added and lifted with a reason."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.types import Role
from deliverability.models import Suppression
from deliverability.queries.suppression_page import ON_A_PAGE, suppression_page
from deliverability.queries.suppressions import address_key
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from tests.factories.accounts import UserFactory

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
    given = {"addresses": "a@example.org, b@example.org;\nc@example.org nonsense", "scope": "everything", "why": "Trap"}
    assert "No e-mail address: nonsense" in owner.post(url, given).content.decode()
    assert not Suppression.objects.exists()
    owner.post(url, {**given, "addresses": given["addresses"].replace("nonsense", "")})
    assert Suppression.objects.filter(reason="manual", scope="everything").count() == 3
    assert "3 addresses" in AuditEntry.objects.get().text


def test_lifting_wants_a_reason_and_is_not_for_complaints(owner: Client) -> None:
    bounced, complained = hold("a@example.org"), hold("b@example.org", SuppressionReason.COMPLAINT)
    assert owner.post(reverse("suppression-lift", args=[bounced.pk])).status_code == 409
    owner.post(reverse("suppression-lift", args=[bounced.pk]), {"why": "New mailbox, she wrote"})
    assert owner.post(reverse("suppression-lift", args=[complained.pk]), {"why": "please"}).status_code == 409
    assert list(Suppression.objects.all()) == [complained]


def test_pages_go_on_and_back() -> None:
    suppress(
        addresses=[f"p{n}@example.org" for n in range(ON_A_PAGE + 3)],
        scope=Scope.MARKETING,
        reason=SuppressionReason.MANUAL,
    )
    first = suppression_page()
    second = suppression_page(after=first.older)
    assert (len(first.rows), len(second.rows), second.older) == (ON_A_PAGE, 3, 0)
    assert suppression_page(before=second.newer).rows == first.rows


def test_the_export_holds_what_is_shown_and_runs_no_formula(owner: Client) -> None:
    hold("a@example.org")
    Suppression.objects.update(evidence="=1+1")
    hold("b@example.org", SuppressionReason.COMPLAINT)
    answer = owner.post(reverse("suppressions-export"), {"query": "reason=hard_bounce"})
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert ",'=1+1," in lines[1]


MAY_CHANGE = {Role.OWNER, Role.MARKETER, Role.DELIVERABILITY}
TABLE = {
    "suppressions": ("get", set(Role)),
    "suppressions-new": ("get", MAY_CHANGE),
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
