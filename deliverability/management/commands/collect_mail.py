"""Fetches bounces and complaints from the inboxes now, once or for as long as it runs."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deliverability.models import Inbox
from deliverability.services.inbound_mail import collect, inboxes_to_check


class Command(BaseCommand):
    help = "Receive what waits in every active inbox. Beat does the same each minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--inbox", help="only the inbox of this name")
        parser.add_argument("--watch", type=float, metavar="SECONDS", help="go on, with so many seconds between")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["inbox"] and not Inbox.objects.filter(name=options["inbox"]).exists():
            raise CommandError(
                f"No inbox is called “{options['inbox']}”. Nothing was read; add it under /ops/, Inboxes."
            )
        self._read(options["inbox"])
        while options["watch"]:
            time.sleep(options["watch"])
            self._read(options["inbox"])

    def _read(self, name: str | None) -> None:
        for inbox in inboxes_to_check().filter(**({"name": name} if name else {})):
            count = collect(inbox_id=inbox.pk)
            inbox.refresh_from_db(fields=["last_error"])
            self.stdout.write(f"{inbox.name}: {count} received. {inbox.last_error}".strip())
