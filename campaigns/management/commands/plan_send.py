"""Says before a campaign starts how long it will take, and while it is sent when it will be done."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.errors import CampaignError
from campaigns.queries.capacity import campaign_capacity
from deliverability.queries.capacity import LanePlan, SendPlan


class Command(BaseCommand):
    help = "Say how long a campaign will take, when it will be done, and which mailbox provider it waits for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("campaign", type=int, help="its number")
        parser.add_argument("--json", action="store_true", help="print a line of JSON")

    def handle(self, *, campaign: int, **options: Any) -> None:
        try:
            plan = campaign_capacity(campaign)
        except CampaignError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"campaign": campaign, **_as_json(plan)}))
            return
        self.stdout.write(_summary(plan))
        for lane in plan.lanes:
            self.stdout.write(f"  {lane.name:<22} {lane.recipients:>10,}  {_when(lane.ends_at):<22} {lane.why}")


def _summary(plan: SendPlan) -> str:
    if plan.bottleneck is None:
        return "Nobody is to be sent to."
    end = f"done about {_when(plan.ends_at)}" if plan.ends_at else "not done within a year"
    waits = f" {plan.bottleneck.name} takes longest. {plan.bottleneck.why}"
    return f"{plan.recipients:,} people from {_when(plan.starts_at)} on, {end}.{waits}"


def _as_json(plan: SendPlan) -> dict[str, Any]:
    return {
        "recipients": plan.recipients,
        "starts_at": _iso(plan.starts_at),
        "ends_at": _iso(plan.ends_at),
        "seconds": _seconds(plan.starts_at, plan.ends_at),
        "bottleneck": plan.bottleneck.mailbox_provider if plan.bottleneck else None,
        "why": plan.bottleneck.why if plan.bottleneck else "",
        "machine_messages_per_second": round(plan.machine_rate, 1),
        "machine_rate_is_measured": plan.is_measured,
        "lanes": [_lane_as_json(lane, plan.starts_at) for lane in plan.lanes],
    }


def _lane_as_json(lane: LanePlan, starts_at: datetime) -> dict[str, Any]:
    seconds = _seconds(starts_at, lane.ends_at)
    return {
        "mailbox_provider": lane.mailbox_provider,
        "name": lane.name,
        "way_out": lane.provider,
        "recipients": lane.recipients,
        "ahead": lane.ahead,
        "messages_per_second": round(lane.messages_per_second, 3),
        "messages_per_hour": lane.per_hour,
        "messages_per_day": lane.per_day,
        "sent_today": lane.sent_today,
        "limited_by": lane.limited_by,
        "why": lane.why,
        "hours": None if seconds is None else round(seconds / 3600, 3),
        "ends_at": _iso(lane.ends_at),
        "put_off": lane.put_off,
        "put_off_until": _iso(lane.put_off_until),
    }


def _seconds(starts_at: datetime, ends_at: datetime | None) -> int | None:
    return None if ends_at is None else round((ends_at - starts_at).total_seconds())


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "not within a year"
