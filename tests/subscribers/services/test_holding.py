"""Role accounts and likely traps are held by policy, whichever way they come; a colleague's word goes before it."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.types import Role
from deliverability.models import Suppression
from deliverability.queries.suppression_policy import suppression_policy
from deliverability.services.suppression_by_hand import lift_by_hand
from subscribers.errors import ContactRefused
from subscribers.services.contacts import add_contact
from subscribers.services.holding import change_holding, hold_contacts
from subscribers.tasks import hold_by_policy
from subscribers.types import Basis
from tests.factories.accounts import UserFactory
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Any:
    return UserFactory.create(role=Role.OWNER, first_name="Mira", last_name="Lang")


def held() -> dict[str, str]:
    return dict(Suppression.objects.filter(lifted_at=None).values_list("address", "reason"))


def test_what_is_shipped_names_functions_and_traps_and_no_small_business() -> None:
    for address in ("abuse@huila.example", "Postmaster+x@huila.example", "ada@gmial.com", "info@huila.example"):
        ContactFactory.create(email=address)
    hold_by_policy()
    assert held() == {
        "abuse@huila.example": "role_account",
        "postmaster+x@huila.example": "role_account",
        "ada@gmial.com": "trap_domain",
    }
    assert hold_contacts() == 0


def test_what_a_colleague_let_go_is_not_held_again(owner: Any) -> None:
    ContactFactory.create(email="abuse@huila.example")
    hold_contacts()
    lift_by_hand(actor=owner, suppression_id=Suppression.objects.get().pk, why="They subscribed with it")
    assert hold_contacts() == 0
    assert held() == {}


def test_the_policy_holds_and_lets_go_at_once_and_may_hold_again(owner: Any) -> None:
    ContactFactory.create(email="abuse@huila.example")
    ContactFactory.create(email="sales@huila.example")
    hold_contacts()
    assert change_holding(actor=owner, role_accounts=["sales"], trap_domains=[]) == 1
    assert held() == {"sales@huila.example": "role_account"}
    assert change_holding(actor=owner, role_accounts=["sales", "abuse"], trap_domains=[]) == 1
    assert set(held()) == {"sales@huila.example", "abuse@huila.example"}
    assert "2 role accounts" in AuditEntry.objects.latest("id").text


def test_nobody_adds_a_role_account_by_hand_unawares(owner: Any) -> None:
    news = MailingListFactory.create()
    given = {"mailing_list_id": news.pk, "basis": Basis.EXPRESS, "consent_source": "Paper form at the trade fair"}
    with pytest.raises(ContactRefused, match="its policy"):
        add_contact(actor=owner, email="postmaster@huila.example", **given)
    assert held() == {"postmaster@huila.example": "role_account"}
    lift_by_hand(actor=owner, suppression_id=Suppression.objects.get().pk, why="It is Ada, who runs their mail")
    add_contact(actor=owner, email="postmaster@huila.example", **given)


def test_the_page_reads_words_however_they_are_written(owner: Any, client: Client) -> None:
    subscribed(email="team@huila.example")
    client.force_login(owner)
    url = reverse("suppressions-policy")
    assert "postmaster" in client.get(url).content.decode()
    wrong = client.post(url, {"role_accounts": "a@b", "trap_domains": ""}).content.decode()
    assert "“a@b” is no part of an address" in wrong
    client.post(url, {"role_accounts": "Team@, abuse\nabuse", "trap_domains": "@Trap.example"})
    policy = suppression_policy()
    assert (policy.role_accounts, policy.trap_domains) == ({"team", "abuse"}, {"trap.example"})
    assert held() == {"team@huila.example": "role_account"}
