"""Planning and starting a warm-up in the browser."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliverability.models import Provider, WarmupPlan
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import ProviderFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role="owner"))
    return client


@pytest.fixture
def provider() -> Provider:
    return ProviderFactory.create(name="New IP")


@pytest.fixture(autouse=True)
def news() -> int:
    news = MailingListFactory.create(name="News")
    for number in range(30):
        engaged_at = timezone.now() - timedelta(days=2) if number < 3 else None
        subscribed(news, email=f"a{number}@gmail.com", engaged_at=engaged_at)
    return news.pk


def post(client: Client, **given: object) -> str:
    return client.post(reverse("warmup-new"), given, follow=True).content.decode()


def test_the_page_opens_with_the_largest_list_and_asks_for_its_forecast(
    owner: Client, provider: Provider, news: int
) -> None:
    text = owner.get(reverse("warmup-new")).content.decode()
    for shown in ("Conservative", "Source:", "New IP", "Counting whom it would reach", 'hx-trigger="load"'):
        assert shown in text
    assert f'<option value="{news}" selected>' in text
    forecast = post(owner, mailing_list=news, curve="conservative", is_engaged_first="on")
    for shown in ("Everybody is reached on", "<dd>30</dd>", "<dd>3</dd>"):
        assert shown in forecast


def test_looking_changes_nothing_and_needs_no_way_out(owner: Client, news: int) -> None:
    text = post(owner, look="yes", mailing_list=news, curve="custom", steps="10 20 40")
    assert "From 10 messages on the first day to 40 on day 3" in text
    assert "Every way out is being warmed up" in text
    assert not WarmupPlan.objects.exists()


def test_starting_caps_from_now_on_and_knows_the_list(owner: Client, provider: Provider, news: int) -> None:
    text = post(
        owner, start="yes", provider=provider.pk, mailing_list=news, curve="conservative", is_engaged_first="on"
    )
    assert "The warm-up has begun" in text
    plan = WarmupPlan.objects.get()
    assert (plan.curve, plan.audience, plan.is_engaged_first) == ("conservative", {"google": 30}, True)
    assert plan.days.get(mailbox_provider="google").cap == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"curve": "conservative"}, "This field is required"),
        ({"curve": "custom", "steps": "20 10", "provider": 1}, "never shrinks"),
        ({"curve": "custom", "steps": "", "provider": 1}, "between 1 and 120 numbers"),
    ],
)
def test_what_cannot_be_started_is_refused_in_words(
    owner: Client, provider: Provider, given: dict[str, object], says: str
) -> None:
    if "provider" in given:
        given = given | {"provider": provider.pk}
    assert says in post(owner, start="yes", **given)
    assert not WarmupPlan.objects.exists()


def test_a_warm_source_takes_the_rest_but_not_its_own(owner: Client, provider: Provider) -> None:
    warm = ProviderFactory.create(name="Old relay")
    given = {"start": "yes", "provider": provider.pk, "curve": "ses"}
    assert "cannot be its own warm source" in post(owner, **given, warm_source=provider.pk)
    assert "leaves through Old relay" in post(owner, **given, warm_source=warm.pk)
    assert WarmupPlan.objects.get().warm_source == warm
