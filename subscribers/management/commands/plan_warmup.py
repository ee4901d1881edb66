"""`manage.py plan_warmup --list news`: how long a new way out takes to reach a list, day by day."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.warmup_curves import CUSTOM, read_steps, shipped_curves
from deliverability.queries.warmup_forecast import Forecast, forecast_curve
from subscribers.models import MailingList
from subscribers.queries.audience.bands import engagement_bands


class Command(BaseCommand):
    help = "Simulate the warm-up of a new way out with a list, if every day stays healthy. Changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        curves = [curve.key for curve in shipped_curves()]
        parser.add_argument("--list", required=True, dest="list_slug", metavar="SLUG")
        parser.add_argument("--curve", choices=curves, default=curves[0])
        parser.add_argument("--steps", default="", help="a curve of your own: messages a day, such as “200, 400, 800”")
        parser.add_argument("--start", type=date.fromisoformat, default=None, metavar="DATE", help="today if not given")
        parser.add_argument(
            "--everyone", action="store_true", help="let week one reach people who have not opened or clicked lately"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self, *, list_slug: str, curve: str, steps: str, start: date | None, everyone: bool, json: bool, **_: Any
    ) -> None:
        mailing_list = MailingList.objects.filter(slug=list_slug).first()
        if mailing_list is None:
            known = ", ".join(MailingList.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(
                f"There is no list “{list_slug}”. Nothing was planned; the lists are: {known or 'none'}."
            )
        try:
            own = read_steps(steps) if steps else []
        except ValueError as error:
            raise CommandError(f"{error} Nothing was planned.") from error
        name = CUSTOM if own else curve
        found = forecast_curve(
            engagement_bands(mailing_list.pk), curve=name, steps=own, is_engaged_first=not everyone, first=start
        )
        self.stdout.write(_as_json(found, list_slug, name) if json else _in_words(found, mailing_list.name, name))


def _as_json(found: Forecast, list_slug: str, curve: str) -> str:
    by_provider = found.by_mailbox_provider
    days = [
        {
            "day": each.day.isoformat(),
            "sent": each.sent,
            "left": each.left,
            "mailbox_providers": {
                name: {"cap": column[number].cap, "sent": column[number].sent, "left": column[number].left}
                for name, column in sorted(by_provider.items())
                if number < len(column)
            },
        }
        for number, each in enumerate(found.days)
    ]
    return json.dumps(
        {
            "list": list_slug,
            "people": found.people,
            "curve": curve,
            "reached_on": found.reached_on.isoformat() if found.reached_on else None,
            "first_week": {"people": found.first_week, "share": _share(found)},
            "days": days,
        }
    )


def _in_words(found: Forecast, list_name: str, curve: str) -> str:
    if not found.people:
        return f"Nobody on “{list_name}” may get mail now, so there is nothing to plan."
    days = found.days
    end = f"reached on {found.reached_on:%-d %B %Y}" if found.reached_on else "not reached within a year"
    lines = [
        f"“{list_name}”, {found.people:,} people, with the curve “{curve}”: {end}, if every day stays healthy.",
        f"Week one reaches {found.first_week:,} of them ({100 * _share(found):.1f}%), the most engaged first.",
        "",
        f"{'Day (UTC)':<12} {'Sent':>12} {'Left':>12}",
        *(f"{each.day.isoformat():<12} {each.sent:>12,} {each.left:>12,}" for each in days),
        "",
    ]
    lines += [
        f"{provider_name(name)}: {_last(column)}"
        for name, column in sorted(found.by_mailbox_provider.items(), key=lambda item: -len(item[1]))
    ]
    return "\n".join(lines)


def _last(column: list[Any]) -> str:
    return f"by {column[-1].day:%-d %B %Y}" if column[-1].left == 0 else f"{column[-1].left:,} left after a year"


def _share(found: Forecast) -> float:
    return round(found.first_week / found.people, 4) if found.people else 0.0
