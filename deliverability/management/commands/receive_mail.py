"""Takes one mail from standard input, as a mail server's pipe or alias hands it over."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from deliverability.services.inbound_mail import receive_mail

# EX_TEMPFAIL of sysexits.h: every mail server keeps the mail and comes back; any other failure it sends back.
_TRY_AGAIN = 75


class Command(BaseCommand):
    help = (
        "Receive one bounce, complaint or automatic answer from standard input, as from /etc/aliases: "
        'bounces: "|/path/to/manage.py receive_mail". Exits with 0 once it is kept, with 75 to be tried again.'
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", default="pipe", help="what the inbound log calls the way it came")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mail = receive_mail(raw=sys.stdin.buffer.read(), source=options["source"])
        except DatabaseError as error:
            raise CommandError(
                f"The mail could not be kept, so the mail server is asked to try again: {error}", returncode=_TRY_AGAIN
            ) from error
        self.stdout.write(f"{mail.get_state_display()}. {mail.note}".strip())
