"""Gives the demo's people orders in the roastery's shop, and the team segments that find them."""

import random
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.services.permission import SENDWELL
from config.demo.furnishing import NEWSLETTER
from config.demo.people import SEED
from subscribers.models import Contact, MailingList, Segment, SegmentSize
from subscribers.queries.segments import known, segment_rule
from subscribers.rules.segments import write_rules
from subscribers.services.activities import record_activities
from subscribers.services.segments import create_segment, take_snapshot
from subscribers.types import NewActivity

ORDERED = "ordered"
_COFFEES = ("Huila", "Sidamo", "Antigua", "Nariño")
_BUYERS, _NIGHTS = 0.3, 42


def is_open() -> bool:
    return Segment.objects.exists()


def open_shop() -> int:
    """How many orders there are."""
    now, chance = timezone.now(), random.Random(SEED)  # noqa: S311  nothing secret: the same orders each time
    orders = [
        NewActivity(
            contact_id=key,
            name=ORDERED,
            occurred_at=now - timedelta(days=chance.expovariate(1 / 120), hours=1),
            value=Decimal(chance.randrange(900, 6400)) / 100,
            properties={"coffee": chance.choice(_COFFEES), "bags": chance.randint(1, 4)},
        )
        for key in Contact.objects.order_by("pk").values_list("pk", flat=True)
        if chance.random() < _BUYERS
        for _ in range(1 + int(chance.expovariate(0.6)))
    ]
    record_activities(actor=SENDWELL, activities=orders)
    for name, description, rules in _segments():
        segment = create_segment(actor=SENDWELL, name=name, description=description, rules=rules)
        _past(segment, take_snapshot(actor=SENDWELL, segment_id=segment.pk), chance)
    return len(orders)


def _segments() -> Iterator[tuple[str, str, dict[str, Any]]]:
    letters = MailingList.objects.get(slug=NEWSLETTER)
    german = _field("country", "is_any_of", ["DE", "AT", "CH"])
    on_list = {"type": "list", "list": letters.pk, "state": "subscribed"}
    yield "Speaks German", "For the letters that Paula writes in German.", _all(german, on_list)
    regulars = {
        "type": "activity",
        "name": ORDERED,
        "times": {"op": "at_least", "value": 2},
        "total": {"op": "more_than", "value": 50},
        "days": 180,
    }
    yield "Regular customers", "Who buys again: first to hear of a small lot.", _all(regulars, on_list)
    yield "Bought Sidamo", "", _all({"type": "activity", "name": ORDERED, "where": [_coffee("Sidamo")]})
    clicked = {"type": "mail", "act": "clicked", "days": 90}
    joined = _field("created_at", "in_last", 30)
    buyers = {"type": "segment", "segment": Segment.objects.get(name="Regular customers").pk}
    never = {"type": "not", "rule": {"type": "any", "rules": [buyers, _field("city", "is", "Leipzig")]}}
    yield (
        "Curious, not yet customers",
        "Reads us or has just joined, and has not found the shop.",
        _all({"type": "any", "rules": [clicked, joined]}, german, never),
    )


def _all(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"type": "all", "rules": list(rules)}


def _field(name: str, op: str, value: Any) -> dict[str, Any]:
    name = name if name in ("country", "created_at") else f"custom.{name}"
    return {"type": "field", "field": name, "op": op, "value": value}


def _coffee(name: str) -> dict[str, Any]:
    return {"key": "coffee", "kind": "text", "op": "is", "value": name}


def _past(segment: Segment, today: SegmentSize, chance: random.Random) -> None:
    """Six weeks of nights that lead up to today's count, invented as the people are."""
    people, rules = float(today.people), write_rules(segment_rule(segment.pk, known()))
    nights = []
    for night in range(1, _NIGHTS):
        people *= 1 - chance.uniform(-0.006, 0.022)
        moment = today.taken_at - timedelta(days=night)
        nights.append(SegmentSize(segment=segment, taken_at=moment, people=round(people), rules=rules))
    SegmentSize.objects.bulk_create(nights)
