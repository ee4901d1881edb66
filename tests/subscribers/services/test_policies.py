import pytest

from accounts.errors import PermissionRefused
from accounts.types import Role
from deliverability.models import Suppression
from deliverability.services.suppression_policy import change_policy as change_holding
from subscribers.errors import AddressDoubted, ContactRefused
from subscribers.models import Contact, MailingList
from subscribers.queries.consent.policies import permission_policy
from subscribers.rules.policies import Handling
from subscribers.services.contacts import add_contact
from subscribers.services.policies import change_country, change_policy, forget_country
from subscribers.services.subscriptions import request_subscription
from subscribers.types import Basis, Origin
from tests.factories.accounts import UserFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory

pytestmark = pytest.mark.django_db
SHIPPED = {"disposable": Handling.REFUSE, "reminder_hours": [24, 72], "unconfirmed_days": 30}


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create(slug="news")


def add(news: MailingList, email: str, basis: Basis = Basis.DOUBLE_OPT_IN, **more: object) -> Contact:
    return add_contact(
        actor=UserFactory.create(role=Role.OWNER),
        email=email,
        mailing_list_id=news.pk,
        basis=basis,
        consent_source="On paper at the fair in Leipzig, 12 March 2026",
        **more,  # type: ignore[arg-type]
    )


def test_only_owners_set_it_and_each_part_keeps_the_others() -> None:
    owner = UserFactory.create(role=Role.OWNER)
    change_country(actor=owner, code="DE", double_opt_in=False, bases=["express"])
    change_policy(actor=owner, role_accounts=Handling.HOLD, **SHIPPED)  # type: ignore[arg-type]
    policy = permission_policy()
    assert (policy.role_accounts, policy.reminder_hours) == (Handling.HOLD, (24, 72))
    assert (policy.rule_of("de").double_opt_in, policy.rule_of("DE").bases) == (False, {Basis.EXPRESS})
    forget_country(actor=owner, code="DE")
    assert permission_policy().rule_of("DE").double_opt_in
    with pytest.raises(PermissionRefused):
        change_policy(actor=UserFactory.create(role=Role.MARKETER), role_accounts=Handling.ALLOW, **SHIPPED)  # type: ignore[arg-type]


def test_who_is_added_by_hand_is_judged_as_on_the_sign_up_page(news: MailingList) -> None:
    with pytest.raises(AddressDoubted, match=r"Did you mean alice@gmail\.com"):
        add(news, "alice@gmaik.com")
    with pytest.raises(ContactRefused, match="disposable"):
        add(news, "alice@mailinator.com")
    assert not Contact.objects.exists()
    assert add(news, "alice@gmaik.com", is_meant=True).email == "alice@gmaik.com"


def test_a_role_account_is_held_once_the_policy_says_so_and_its_rule_outlives_the_other_policy(
    news: MailingList,
) -> None:
    owner = UserFactory.create(role=Role.OWNER)
    add(news, "info@huila.example")
    assert not Suppression.objects.exists()
    change_policy(actor=owner, role_accounts=Handling.HOLD, **SHIPPED)  # type: ignore[arg-type]
    with pytest.raises(ContactRefused, match="suppressed"):
        add(news, "sales@huila.example")
    request_subscription(
        email="office@huila.example",
        mailing_list_ids=[news.pk],
        wording_id=ConsentWordingFactory.create().pk,
        origin=Origin(source="https://huila.example/s/news", actor="the person"),
    )
    change_holding(actor=owner, role_accounts=["abuse"], trap_domains=[])
    held = Suppression.objects.filter(lifted_at=None).values_list("address", flat=True)
    assert set(held) == {"sales@huila.example", "office@huila.example"}
    change_policy(actor=owner, role_accounts=Handling.REFUSE, **SHIPPED)  # type: ignore[arg-type]
    with pytest.raises(ContactRefused, match="role account"):
        add(news, "team@huila.example")


@pytest.mark.parametrize(
    ("country", "basis", "why"),
    [
        ("DE", Basis.EXPRESS, "double opt-in"),
        ("FR", Basis.IMPLIED_PURCHASE, "does not know this ground"),
        ("CA", Basis.IMPLIED_PURCHASE, ""),
        ("", Basis.LEGITIMATE_INTEREST, ""),
    ],
)
def test_the_declared_country_decides_which_ground_does(
    news: MailingList, country: str, basis: Basis, why: str
) -> None:
    if why:
        with pytest.raises(ContactRefused, match=why):
            add(news, "alice@gmail.com", basis, country=country)
        assert not Contact.objects.exists()
    else:
        assert add(news, "alice@gmail.com", basis, country=country).country == country
