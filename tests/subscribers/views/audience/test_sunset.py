"""The screen of the sunset policy, the people behind its numbers, and what it says on a profile."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.types import Role
from deliverability.models import Suppression
from subscribers.models import Segment, SunsetStanding
from subscribers.queries.segments import known, segment_rule
from subscribers.queries.segments.asking import count_people
from subscribers.queries.sunset.policy import sunset_policy
from subscribers.services.sunset import judge_people
from tests.factories.subscribers import MailingListFactory
from tests.subscribers.services.test_sunset import mail_again, silent
from tests.subscribers.views.audience.conftest import SignIn

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def settings_of(page: str, **changed: str) -> dict[str, str]:
    """What the form on the page would send, but for what is changed."""
    form = {
        "is_on": "advice",
        "least_mails": "10",
        "win_back_mails": "2",
        "never_mails": "8",
        "never_win_back_days": "30",
        "never_suppress_days": "60",
        "buyer_days": "90",
        "purchases": "ordered, booked",
    }
    for name, days in (
        ("daily", (60, 7, 90, 7, 120)),
        ("weekly", (90, 30, 120, 7, 180)),
        ("monthly", (120, 60, 180, 7, 365)),
    ):
        keys = ("reduce_days", "gap_days", "win_back_days", "win_back_gap_days", "suppress_days")
        form |= {f"{name}-{key}": str(value) for key, value in zip(keys, days, strict=True)}
    return form | {"list-" + page: "daily"} | changed


def test_a_preview_counts_and_keeps_nothing(owner: Client) -> None:
    daily = MailingListFactory.create(slug="daily")
    silent(daily, days=70)
    answer = owner.post(reverse("sunset"), settings_of(str(daily.pk)))
    assert answer.context["lines"][0][3] == [("reduce", 1), ("win_back", 0), ("suppress", 0)]
    assert "which are not saved" in answer.content.decode()
    assert not SunsetStanding.objects.exists()
    assert sunset_policy().lists == {}


def test_saving_applies_at_once_and_every_number_leads_to_its_people(owner: Client) -> None:
    daily = MailingListFactory.create(slug="daily")
    alice = silent(daily, days=70)
    owner.post(reverse("sunset-save"), settings_of(str(daily.pk), is_on="on"))
    policy = sunset_policy()
    assert (policy.is_on, policy.purchases, policy.lists) == (True, ("ordered", "booked"), {daily.pk: "daily"})
    people = reverse("sunset-people", args=[daily.pk, "reduce"])
    assert people in owner.get(reverse("sunset")).content.decode()
    page = owner.get(people).content.decode()
    assert alice.email in page
    assert "No click or human open in 70 days and 12 mails" in page


def test_steps_that_overtake_each_other_are_refused_with_what_was_typed(owner: Client) -> None:
    daily = MailingListFactory.create(slug="daily")
    given = settings_of(str(daily.pk), **{"daily-suppress_days": "80"})
    for name in ("sunset", "sunset-save"):
        page = owner.post(reverse(name), given).content.decode()
        assert "On daily lists each step must begin later than the one before." in page
        assert 'value="80"' in page
    assert sunset_policy().paces["daily"].suppress_days == 120


def test_a_profile_says_why_somebody_hears_less(owner: Client, noon: time_machine.Traveller) -> None:
    daily = MailingListFactory.create(slug="daily")
    alice = silent(daily, days=185)
    profile = reverse("contact", args=[alice.pk])
    judge_people()
    assert "ask them whether they still want it" in owner.get(profile).content.decode()
    owner.post(reverse("sunset-save"), settings_of(str(daily.pk), is_on="on"))
    assert "to be won back since 24 Nov 2026, at most one mail every 7 days" in owner.get(profile).content.decode()
    mail_again(alice, 2)
    noon.shift(timedelta(days=1))
    judge_people()
    words = "not written to since 25 Nov 2026: no click or human open in 186 days and 14 mails"
    assert words in owner.get(profile).content.decode()
    assert Suppression.objects.get().target == daily.pk


def test_those_to_win_back_become_a_segment(owner: Client) -> None:
    daily = MailingListFactory.create(slug="daily")
    silent(daily, days=70)
    silent(daily, days=100)
    owner.post(reverse("sunset-save"), settings_of(str(daily.pk)))
    owner.post(reverse("sunset-segment", args=[daily.pk]))
    segment = Segment.objects.get()
    assert segment.name == "Win back: Daily"
    assert count_people(segment_rule(segment.pk, known()), now=NOON) == 1


def test_the_number_of_queries_does_not_grow_with_people(sign_in: SignIn) -> None:
    daily = MailingListFactory.create(slug="daily")
    client = sign_in(Role.ANALYST)
    counts = []
    for people in (2, 6):
        for _ in range(people):
            silent(daily, days=400)
        judge_people()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("sunset"))
            client.get(reverse("sunset-people", args=[daily.pk, "win_back"]))
        counts.append(len(queries))
    assert counts[0] == counts[1]
