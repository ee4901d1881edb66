"""Takes one mail from standard input, as a mail server's pipe or alias hands it over."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from deliverability.services.inbound_mail import receive_mail


class Command(BaseCommand):
    help = (
        "Receive one bounce, complaint or automatic answer from standard input, as from a line in /etc/aliases: "
        'bounces: "|/path/to/manage.py receive_mail". Exits 0 once the mail is kept; a mail server tries others again.'
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", default="pipe", help="what the inbound log calls the way it came")

    def handle(self, *args: Any, **options: Any) -> None:
        mail = receive_mail(raw=sys.stdin.buffer.read(), source=options["source"])
        self.stdout.write(f"{mail.get_state_display()}. {mail.note}".strip())
