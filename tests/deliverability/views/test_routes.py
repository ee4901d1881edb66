"""The editor of a stream's route, and how providers stand, on their pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliverability import conf
from deliverability.models import Provider, RouteStep, Stream
from deliverability.services.health import hear_of
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import ProviderFactory, StreamFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role="owner"))
    return client


@pytest.fixture
def stream() -> Stream:
    client = conf.redis_client()
    if keys := client.keys("sendwell:provider*"):
        client.delete(*keys)
    return StreamFactory.create()


@pytest.fixture
def relay() -> Provider:
    return ProviderFactory.create(name="Second relay")


def lines(*steps: tuple[Any, ...], before: int = 1) -> dict[str, Any]:
    """What the editor posts: (provider, tier, weight) or with a fourth part to be removed."""
    posted: dict[str, Any] = {"route-TOTAL_FORMS": len(steps), "route-INITIAL_FORMS": before}
    for number, (provider, tier, weight, *removed) in enumerate(steps):
        posted |= {f"route-{number}-provider": provider, f"route-{number}-tier": tier, f"route-{number}-weight": weight}
        if removed:
            posted[f"route-{number}-DELETE"] = "on"
    return posted


def steps(stream: Stream) -> list[tuple[int, int, int]]:
    return list(stream.route.values_list("provider_id", "tier", "weight"))


def test_a_route_is_set_turned_round_and_taken_back(owner: Client, stream: Stream, relay: Provider) -> None:
    first, path = stream.provider_id, reverse("settings-streams-route", args=[stream.pk])
    owner.post(path, lines((first, 1, 3), (relay.pk, 2, 1), ("", 2, 1)))
    assert steps(stream) == [(first, 1, 3), (relay.pk, 2, 1)]

    owner.post(path, lines((first, 2, 1), (relay.pk, 1, 1), ("", 2, 1), before=2))
    assert steps(stream) == [(relay.pk, 1, 1), (first, 2, 1)]
    stream.refresh_from_db()
    assert stream.provider_id == relay.pk, "the first step is the stream's provider"

    owner.post(path, lines((relay.pk, 1, 1, "removed"), (first, 2, 1), ("", 2, 1), before=2))
    stream.refresh_from_db()
    assert (stream.provider_id, steps(stream)) == (first, [])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([("one", 1, 1), ("one", 2, 1)], "stands here twice"),
        ([("one", 1, 1, "removed")], "needs at least one provider"),
        ([("one", 1, 0)], "greater than or equal to 1"),
    ],
)
def test_a_route_that_cannot_be_is_refused(
    owner: Client, stream: Stream, given: list[tuple[Any, ...]], words: str
) -> None:
    named = [(stream.provider_id, *rest) for _, *rest in given]
    page = owner.post(reverse("settings-streams-route", args=[stream.pk]), lines(*named)).content.decode()
    assert words in page
    assert not RouteStep.objects.exists()


def test_pages_say_which_way_is_left_alone_and_why(owner: Client, stream: Stream, relay: Provider) -> None:
    RouteStep.objects.create(stream=stream, provider=stream.provider, tier=1, weight=3)
    RouteStep.objects.create(stream=stream, provider=relay, tier=1, weight=1)
    hear_of(provider_id=relay.pk, failures=3, why="The mail server cannot be reached: Connection refused")

    page = owner.get(reverse("settings-streams-one", args=[stream.pk])).content.decode()
    assert "75 % of its choice" in page
    assert "25 % of its choice" in page
    assert "cannot be reached: Connection refused" in page
    assert "Left alone" in owner.get(reverse("settings-streams")).content.decode()
    assert "Left alone" in owner.get(reverse("settings-providers")).content.decode()
    own_page = owner.get(reverse("settings-providers-one", args=[relay.pk])).content.decode()
    assert "It is left alone and tried again after 5 seconds." in own_page
