"""`python -m bench.audience`: segments, and the freeze of a campaign, among a million people with 20 million events."""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from typing import Any

from bench.stand import DATA, ROOT, empty_database, own_services

TIMES = 9
COUNT_SECONDS, FREEZE_SECONDS = 1.0, 20.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--keep", action="store_true", help="measure the data of the last run")
    options = parser.parse_args()
    own_services(DATA / "audience")
    figures: dict[str, Any] = {} if options.keep else build(options.people)
    figures |= {"sizes": sizes(), "segments": {name: count(name, rules) for name, rules in shapes().items()}}
    figures["freezes"] = freeze()
    (ROOT / "bench" / "results-audience.json").write_text(json.dumps(figures, indent=2) + "\n")
    show(figures)


def build(people: int) -> dict[str, float]:
    """An empty database filled by set-based SQL; the summaries of mail are made by the task that keeps them."""
    from django.db import connection

    from bench import histories, installation
    from bench.people import make_people
    from subscribers.services.engagement import refresh_engagement

    started = time.perf_counter()
    empty_database()
    installation.make_team()
    installation.make_streams()
    make_people(people)
    histories.make_histories(people)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        built = time.perf_counter()
        refresh_engagement()
        refreshed = time.perf_counter()
        cursor.execute("VACUUM ANALYZE")
    return {"seconds_to_build": round(built - started), "seconds_to_sum_up_mail": round(refreshed - built)}


def sizes() -> dict[str, int]:
    from django.db import connection

    tables = {
        "contacts": "subscribers_contact",
        "mail_events": "deliverability_event",
        "product_events": "subscribers_contactactivity",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, table in tables.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[name] = cursor.fetchone()[0]
    return found


def shapes() -> dict[str, dict[str, Any]]:
    """What people build most: a field and a list, engagement, purchases, and all of it nested."""
    from accounts.services.permission import SENDWELL
    from subscribers.models import CustomField, MailingList, Segment
    from subscribers.services.segments import create_segment

    CustomField.objects.filter(key="points").update(kind="number")
    offers = {"type": "list", "list": MailingList.objects.get(slug="list-1").pk, "state": "subscribed"}
    clicked = {"type": "mail", "act": "clicked", "days": 90}
    best = {"type": "activity", "name": "ordered", **_least("times", 3), **_least("total", 150)}
    Segment.objects.all().delete()
    best_id = create_segment(actor=SENDWELL, name="Best customers", rules=best).pk
    either = {"type": "any", "rules": [clicked, _field("custom.points", "at_least", 900)]}
    not_best = {"type": "not", "rule": {"type": "segment", "segment": best_id}}
    return {
        "field and list": {"type": "all", "rules": [_field("custom.city", "is", "City 5"), offers]},
        "clicked in 90 days": clicked,
        "opened 0 of last 10": {"type": "last_mails", "act": "opened", "campaigns": 10, "op": "at_most", "value": 0},
        "ordered >= 2 in 180 days": {
            "type": "activity", "name": "ordered", "days": 180, **_least("times", 2), **_least("total", 100),
        },
        "nested, NOT in a segment": {"type": "all", "rules": [offers, either, not_best]},
    }  # fmt: skip


def _field(name: str, op: str, value: object) -> dict[str, Any]:
    return {"type": "field", "field": name, "op": op, "value": value}


def _least(key: str, value: int) -> dict[str, Any]:
    return {key: {"op": "at_least", "value": value}}


def count(name: str, rules: dict[str, Any]) -> dict[str, Any]:
    """Warm: the first of all runs is left out."""
    from subscribers.queries.segments import count_people, known, plan_of
    from subscribers.rules.segments import parse_rules, sentence

    names = known()
    rule = parse_rules(rules, names)
    taken, people = [], 0
    for _ in range(TIMES + 1):
        started = time.perf_counter()
        people = count_people(rule)
        taken.append(time.perf_counter() - started)
    print(f"\n{name}\n{plan_of(rule, analyze=True)}", flush=True)
    return {
        "rules": sentence(rule, names),
        "people": people,
        "median_seconds": round(median(taken[1:]), 3),
        "fastest_seconds": round(min(taken[1:]), 3),
        "slowest_seconds": round(max(taken[1:]), 3),
    }


def freeze() -> dict[str, Any]:
    """Campaigns started for good and taken back: to the largest list, to a segment of it, and with every reason."""
    from django.db import transaction

    found: dict[str, Any] = {}
    for name, prepare in (("whole list", dict), ("a segment of it", _segment), ("with every reason", _every_reason)):
        with transaction.atomic():
            found[name] = _frozen(prepare())
            transaction.set_rollback(True)
    return found


def _frozen(fields: dict[str, Any]) -> dict[str, Any]:
    from campaigns.models import Exclusion
    from campaigns.services.start import start
    from deliverability.models import DeliveryBatch

    campaign = _campaign("To everybody", **fields)
    with _timed() as taken:
        assert start(campaign_id=campaign.pk)
    campaign.refresh_from_db()
    excluded: Counter[str] = Counter()
    for row in Exclusion.objects.filter(campaign=campaign):
        excluded[row.reason] += len(row.contact_ids)
    batches = DeliveryBatch.objects.filter(mailing=campaign.mailing).count()
    return {"seconds": taken[0], "included": campaign.audience_count, "batches": batches, "excluded": excluded}


def _segment() -> dict[str, Any]:
    return {"segments": _kept("nested, NOT in a segment")}


def _every_reason() -> dict[str, Any]:
    """Two lists, a list and a segment left out, readers of digests, a cap under which a planned campaign keeps
    its room, and quiet hours over ten time zones."""
    from django.utils import timezone

    from campaigns.types import CampaignState, Priority
    from deliverability.models import Mailing
    from subscribers.models import FrequencyCap, MailingList, QuietHours

    now = timezone.now()
    sent = Mailing.objects.order_by("-created_at")[:2]
    for mailing in sent:
        made = {"mailing": mailing, "started_at": mailing.created_at, "finished_at": mailing.created_at}
        _campaign("Sent before", state=CampaignState.SENT, **made)
    clicked, left_out = _kept("clicked in 90 days", "field and list")
    in_a_day = now + timedelta(days=1)
    _campaign("First", priority=Priority.HIGH, segments=[clicked], starts_at=in_a_day)
    FrequencyCap.objects.create(most=3, days=30)
    QuietHours.objects.create(pk=1, begins="21:00", ends="08:00")
    lists = {each.slug: each.pk for each in MailingList.objects.all()}
    return {
        "more_lists": [lists["list-1"]],
        "without_lists": [lists["list-2"]],
        "without_segments": [left_out],
    }


def _kept(*names: str) -> list[int]:
    """Segments of these shapes, which are made together: making shapes begins by forgetting all segments."""
    from accounts.services.permission import SENDWELL
    from subscribers.services.segments import create_segment

    rules = shapes()
    return [create_segment(actor=SENDWELL, name=name.capitalize(), rules=rules[name]).pk for name in names]


def _campaign(name: str, **fields: Any) -> Any:
    from django.utils import timezone

    from bench.past import make_campaign, make_templates
    from campaigns.types import CampaignState
    from templates_app.models import TemplateVersion

    due = timezone.now() - timedelta(minutes=1)
    made = TemplateVersion.objects.first() or make_templates()
    return make_campaign(made, name, **{"state": CampaignState.SCHEDULED, "starts_at": due, "send_at": due, **fields})


@contextmanager
def _timed() -> Iterator[list[float]]:
    taken: list[float] = []
    started = time.perf_counter()
    yield taken
    taken.append(round(time.perf_counter() - started, 2))


def show(figures: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("segment", "people", "median s", "fastest s", "slowest s", title=f"to stay under {COUNT_SECONDS} s")
    for name, each in figures["segments"].items():
        style = "bold red" if each["median_seconds"] > COUNT_SECONDS else ""
        seconds = (str(each[f"{key}_seconds"]) for key in ("median", "fastest", "slowest"))
        table.add_row(name, f"{each['people']:,}", *seconds, style=style)
    console = Console(width=120)
    console.print(table)
    console.print(f"freezes, to stay under {FREEZE_SECONDS} s:", figures["freezes"])


if __name__ == "__main__":
    main()
