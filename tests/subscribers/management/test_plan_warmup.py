"""What `plan_warmup` foresees for a list."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from subscribers.models import Subscription
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def people() -> None:
    """12 at Gmail, 4 of them engaged; 3 at Yahoo; one who may not get mail."""
    news = MailingListFactory.create(slug="news", name="News")
    for number in range(12):
        recently = timezone.now() - timedelta(days=3)
        subscribed(news, email=f"a{number}@gmail.com", engaged_at=recently if number < 4 else None)
    for number in range(3):
        subscribed(news, email=f"b{number}@yahoo.com")
    Subscription.objects.filter(contact=subscribed(news, email="c@yahoo.com")).update(state="unsubscribed")


def planned(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("plan_warmup", "--list", "news", "--json", "--start", "2026-12-01", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_it_says_when_everybody_is_reached_day_by_day() -> None:
    found = planned("--steps", "2 4 8", "--everyone")

    assert (found["people"], found["curve"]) == (15, "custom")
    # Week one brings one a day to each: a tenth of so few is less, and nobody may stay away for ever.
    assert [day["sent"] for day in found["days"]] == [2, 2, 2, 1, 1, 1, 1, 2, 3]
    assert found["days"][0]["mailbox_providers"] == {
        "google": {"cap": 1, "sent": 1, "left": 11},
        "yahoo": {"cap": 1, "sent": 1, "left": 2},
    }
    assert found["reached_on"] == "2026-12-09"
    assert found["days"][-1]["left"] == 0


def test_week_one_keeps_to_the_engaged() -> None:
    found = planned("--steps", "100")
    assert found["first_week"]["people"] == 4
    assert found["days"][0]["mailbox_providers"]["yahoo"]["sent"] == 0


def test_a_shipped_curve_and_words() -> None:
    out = StringIO()
    call_command("plan_warmup", "--list", "news", "--curve", "ses", "--start", "2026-12-01", stdout=out)
    text = out.getvalue()
    assert "“News”, 15 people, with the curve “ses”: reached on 8 December 2026" in text
    assert "Gmail: by 8 December 2026" in text


def test_an_empty_list_says_so() -> None:
    MailingListFactory.create(slug="empty", name="Empty")
    out = StringIO()
    call_command("plan_warmup", "--list", "empty", stdout=out)
    assert "Nobody on “Empty” may get mail now" in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--list", "nwes"], "the lists are: news"), (["--list", "news", "--steps", "9 5"], "never shrinks")],
)
def test_what_cannot_be_planned_is_refused_in_words(arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("plan_warmup", *arguments)
