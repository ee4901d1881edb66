"""Reviews and schedules a campaign, and watches it if asked to."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from accounts.rules.clocks import day_and_clock
from accounts.services.permission import SENDWELL
from campaigns.errors import CampaignError
from campaigns.management.watching import watch
from campaigns.models import Campaign
from campaigns.queries.report import CampaignReport, campaign_report
from campaigns.rules.words import BECAUSE, people
from campaigns.services.review import Review, review
from campaigns.services.schedule import schedule, unschedule
from campaigns.types import CampaignState

_UNDER_WAY = (CampaignState.SCHEDULED, CampaignState.SENDING, CampaignState.PAUSED)


class Command(BaseCommand):
    help = "Review and schedule a campaign. Nothing leaves before its undo window has passed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("campaign", type=int, help="its number")
        parser.add_argument("--wait", action="store_true", help="watch until it is sent, then print the counts")
        parser.add_argument("--now", action="store_true", help="at once: no chosen time, no undo window")
        parser.add_argument("--undo", action="store_true", help="unschedule it, while nothing has left")
        parser.add_argument("--json", action="store_true", help="print a line of JSON per result")

    def handle(self, *, campaign: int, wait: bool, now: bool, undo: bool, json: bool, **_: Any) -> None:
        self.as_json = json
        try:
            if undo:
                return self._undo(campaign)
            if not (wait and campaign_report(campaign).state in _UNDER_WAY):
                self._schedule(campaign, now)
            if wait:
                self._wait(campaign)
        except CampaignError as error:
            raise CommandError(str(error)) from error

    def _undo(self, campaign_id: int) -> None:
        campaign = unschedule(campaign_id=campaign_id, actor=SENDWELL)
        self._say({"campaign": campaign_id, "state": campaign.state}, f"“{campaign.name}” is unscheduled.")

    def _schedule(self, campaign_id: int, now: bool) -> None:
        found = review(campaign_id=campaign_id, actor=SENDWELL)
        if not found.is_ready:
            self._say(_as_json(found, None), _in_words(found))
            raise CommandError("Nothing was scheduled. Fix what must be fixed, then run this again.")
        campaign = Campaign.objects.get(pk=campaign_id)
        campaign = schedule(
            campaign_id=campaign_id,
            actor=SENDWELL,
            send_at=None if now else campaign.send_at,
            time_zone=campaign.time_zone,
            undo_seconds=0 if now else None,
        )
        self._say(_as_json(found, campaign), f"{_in_words(found)}\n{_start_in_words(campaign)}")

    def _wait(self, campaign_id: int) -> None:
        try:
            # The bar is for people; what programs read goes to stdout alone.
            report = watch(campaign_id, console=Console(stderr=True), warn=self.stderr.write)
        except KeyboardInterrupt:
            raise CommandError("Stopped watching; the campaign goes on. Pause or cancel it under /ops/.") from None
        self._say(report.as_json(), _report_in_words(report))
        if report.state != CampaignState.SENT:
            raise CommandError(f"The campaign was not sent: it is {report.state} now. Its activity says why.")

    def _say(self, as_json: dict[str, Any], in_words: str) -> None:
        self.stdout.write(json.dumps(as_json) if self.as_json else in_words)


def _as_json(found: Review, campaign: Campaign | None) -> dict[str, Any]:
    return {
        "campaign": found.campaign_id,
        "state": campaign.state if campaign else CampaignState.DRAFT.value,
        "audience": found.counts.included,
        "excluded": {reason.value: count for reason, count in found.counts.excluded.items()},
        "must_fix": [str(problem) for problem in found.must_fix],
        "worth_a_look": [str(problem) for problem in found.worth_a_look],
        "starts_at": campaign.starts_at.isoformat() if campaign and campaign.starts_at else None,
        "time_zone": campaign.time_zone if campaign else None,
    }


def _in_words(found: Review) -> str:
    lines = [f"{people(found.counts.included)} would get it."]
    lines += [f"  {count:,} left out: {BECAUSE[reason]}." for reason, count in found.counts.excluded.items()]
    lines += [f"Must fix: {problem}" for problem in found.must_fix]
    lines += [f"Worth a look: {problem}" for problem in found.worth_a_look]
    return "\n".join(lines)


def _start_in_words(campaign: Campaign) -> str:
    if campaign.starts_at is None:
        raise RuntimeError("a scheduled campaign has a start")
    lines = [f"Starts {day_and_clock(campaign.starts_at, campaign.time_zone)}."]
    if campaign.undo_seconds:
        lines.append(f"Nothing leaves before that. Undo: manage.py send_campaign {campaign.pk} --undo")
    return "\n".join(lines)


def _report_in_words(report: CampaignReport) -> str:
    lines = [f"“{report.name}” is {report.state}: {people(report.audience or 0)}."]
    lines += [f"  {kind.name.lower():<12} {count:>10,}" for kind, count in sorted(report.progress.counts.items())]
    return "\n".join(lines)
