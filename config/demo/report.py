"""What came of the demo's campaign, from both ends: what Sendwell recorded, and what the mailbox server saw."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

from django.db import connection

from campaigns.models import Campaign
from campaigns.queries.report import CampaignReport, campaign_report
from config.demo import quarter
from config.demo.programs import Ports
from config.mailbox.readers import MAIL_CLIENT
from deliverability.models import Suppression
from deliverability.types import EventKind, SuppressionReason
from subscribers.models import ConsentRecord, Subscription
from subscribers.types import ConsentAction, Purpose

# Mails accepted in the fastest second, and per second from the first to the last.
_PACE = """
SELECT max(mails), sum(mails) / greatest(extract(epoch FROM max(second) - min(second)) + 1, 1)
FROM (SELECT date_trunc('second', occurred_at) AS second, count(*) AS mails FROM deliverability_event
      WHERE mailing_id = %s AND kind = %s GROUP BY 1) by_second
"""
# People who were put off at first and got their mail in the end.
_RETRIED = """
SELECT count(*) FROM (SELECT recipient_id FROM deliverability_event WHERE mailing_id = %s AND kind IN (%s, %s)
    GROUP BY recipient_id HAVING count(DISTINCT kind) = 2) both_kinds
"""


@dataclass(frozen=True, slots=True)
class _Pace:
    fastest: int
    overall: float
    retried: int


@dataclass(frozen=True, slots=True)
class Sum:
    """Two numbers that must be equal, each with what it counts."""

    left_name: str
    left: int
    right_name: str
    right: int

    @property
    def adds_up(self) -> bool:
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Outcome:
    """The numbers for people, and the sums that prove them."""

    campaign: CampaignReport
    pace: _Pace
    suppressed: int
    unsubscribed: int
    # Mails that arrived twice, because a worker or the server ended between a mail and the answer to it.
    copies: int
    sums: list[Sum]

    @property
    def adds_up(self) -> bool:
        return all(each.adds_up for each in self.sums)

    def count(self, kind: EventKind) -> int:
        return self.campaign.progress.counts.get(kind, 0)


def mailbox_counts(ports: Ports) -> dict[str, Any]:
    with urllib.request.urlopen(f"{ports.mailbox_url}/api/counts", timeout=10) as answer:  # noqa: S310
        counts: dict[str, Any] = json.load(answer)
        return counts


def outcome_of(campaign: Campaign, ports: Ports, *, was_undisturbed: bool) -> Outcome:
    """Read everything anew from the database and the mailbox server; an undisturbed sending may have no copies."""
    report = campaign_report(campaign.pk)
    counts = report.progress.counts
    seen = mailbox_counts(ports)["by_mail"]
    mail = _seen_of_campaign(seen, campaign.pk)
    refused = seen.get(f"@{campaign.stream.bounce_domain}", {})
    # What the past quarter is said to have bounced reached no server.
    bounced = Suppression.objects.filter(reason=SuppressionReason.HARD_BOUNCE).exclude(evidence=quarter.SOURCE)
    hard_bounces = bounced.count()
    left = ConsentRecord.objects.filter(
        user_agent=MAIL_CLIENT, purpose=Purpose.MARKETING, action=ConsentAction.WITHDRAWN
    ).count()
    audience, excluded = report.audience or 0, sum(report.excluded.values())
    on_list = Subscription.objects.filter(
        mailing_list=campaign.mailing_list, contact__created_at__lt=campaign.started_at
    ).count()
    sums = [
        Sum("accepted + failed + skipped", report.done, "audience", audience),
        Sum("audience + left out", audience + excluded, "people on the list", on_list),
        Sum("accepted", counts.get(EventKind.ACCEPTED, 0), "arrived at the mailbox server", mail.get("accepted", 0)),
        Sum("suppressed for bouncing", hard_bounces, "refused as unknown there", refused.get("550 5.1.1", 0)),
        Sum("unsubscribed", left, "one-click requests made", _tried(mail, "unsubscribed")),
        Sum("opens", counts.get(EventKind.OPENED, 0), "pixels asked for", _tried(mail, "opened")),
        Sum("clicks", counts.get(EventKind.CLICKED, 0), "links followed", _tried(mail, "clicked")),
    ]
    copies = mail.get("accepted again", 0)
    if was_undisturbed:
        sums.append(Sum("arrived twice", copies, "nothing", 0))
    return Outcome(report, _pace(campaign.mailing_id), hard_bounces, left, copies, sums)


def _seen_of_campaign(seen: dict[str, dict[str, int]], campaign_id: int) -> dict[str, int]:
    """Mail is told apart by Feedback-ID, as Gmail does it."""
    return next((counts for name, counts in seen.items() if name.startswith(f"c{campaign_id}:")), {})


def _tried(mail: dict[str, int], what: str) -> int:
    """What readers did, whether or not anybody answered."""
    return mail.get(what, 0) + mail.get(f"{what} unanswered", 0)


def _pace(mailing_id: int | None) -> _Pace:
    with connection.cursor() as cursor:
        cursor.execute(_PACE, [mailing_id, EventKind.ACCEPTED])
        fastest, overall = cursor.fetchone()
        cursor.execute(_RETRIED, [mailing_id, EventKind.DEFERRED, EventKind.ACCEPTED])
        (retried,) = cursor.fetchone()
    return _Pace(int(fastest or 0), float(overall or 0), int(retried or 0))
