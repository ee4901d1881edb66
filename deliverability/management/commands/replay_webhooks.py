"""`manage.py replay_webhooks --since 2026-11-01`: reads kept webhooks once more; nothing counts twice."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from deliverability.models import Provider
from deliverability.services.webhooks import process_webhooks, replay_webhooks


class Command(BaseCommand):
    help = "Work accepted webhooks off again. What was counted does not count again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since",
            required=True,
            metavar="TIME",
            help="such as 2026-11-01 or 2026-11-01T08:00:00Z; without a zone, UTC",
        )
        parser.add_argument("--provider", metavar="NAME", help="only those of this provider")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = replay_webhooks(since=_moment(options["since"]), provider_id=_provider_id(options["provider"]))
        self.stdout.write(f"{waiting} webhooks are read again.")
        done = 0
        while worked_off := process_webhooks():
            done += worked_off
        # Workers that run meanwhile take their share.
        self.stdout.write(f"{done} were worked off here. Only events that were not counted before are new.")


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text) or datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no time. Write it as 2026-11-01 or 2026-11-01T08:00:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _provider_id(name: str | None) -> int | None:
    if name is None:
        return None
    provider = Provider.objects.filter(name=name).first()
    if provider is None:
        known = ", ".join(Provider.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(f"No provider is called “{name}”. There is: {known or 'none'}.")
    return provider.pk
