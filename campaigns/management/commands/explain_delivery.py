"""Answers why somebody did or did not get a campaign."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.errors import CampaignError
from campaigns.queries.explain import explain


class Command(BaseCommand):
    help = "Say why one person did or did not get a campaign, with the evidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("campaign", type=int, help="its number")
        parser.add_argument("address", help="the person's e-mail address")
        parser.add_argument("--json", action="store_true", help="print a line of JSON")

    def handle(self, *, campaign: int, address: str, **options: Any) -> None:
        try:
            found = explain(campaign_id=campaign, address=address)
        except CampaignError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(found.as_json()))
            return
        self.stdout.write(found.sentence)
        for event in found.events:
            self.stdout.write(
                f"  {event.at:%Y-%m-%d %H:%M:%S} UTC  {event.kind.name.lower():<12} {event.reply or event.because}"
            )
