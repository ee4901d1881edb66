"""Why one person did or did not get one campaign, with the evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone

from accounts.rules.clocks import kept, told
from campaigns.errors import UnknownCampaign
from campaigns.models import Campaign, Exclusion
from campaigns.queries.audience_of import audience_of
from campaigns.queries.audience_words import audience_name, segment_names
from campaigns.queries.reasons import because
from campaigns.rules.words import BECAUSE, REFUSED
from campaigns.types import CampaignState
from deliverability.queries.history import RecipientHistory, recipient_history
from deliverability.queries.reply_rules import kind_of_reply
from deliverability.types import EventKind
from subscribers.errors import RulesRefused, SegmentGone
from subscribers.queries.audience.selection import reason_now
from subscribers.queries.people import contact_id_of
from subscribers.types import Audience


class Outcome(StrEnum):
    UNKNOWN_ADDRESS = "unknown_address"
    NOT_STARTED = "not_started"
    NEVER_STARTED = "never_started"
    NOT_ON_LIST = "not_on_list"
    EXCLUDED = "excluded"
    SKIPPED = "skipped"
    WAITING = "waiting"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    FAILED = "failed"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, as evidence. `detail` holds the server's words or the reason for a skip."""

    at: datetime
    kind: EventKind
    attempt: int | None
    code: int | None
    detail: str
    mailbox_provider: str

    @property
    def because(self) -> str:
        """Why, in our own words: a clause of a sentence, or empty."""
        if self.kind == EventKind.SKIPPED:
            return BECAUSE.get(self.detail, self.detail)
        if self.kind in (EventKind.DEFERRED, EventKind.FAILED, EventKind.BOUNCED):
            return REFUSED.get(kind_of_reply(self.code or 0, self.detail, self.mailbox_provider), "")
        return ""

    @property
    def reply(self) -> str:
        """What the server said, as it said it; empty for what no server answered."""
        if self.kind == EventKind.SKIPPED:
            return ""
        return " ".join(part for part in (str(self.code or ""), self.detail) if part)

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "kind": self.kind.name.lower(),
            "attempt": self.attempt,
            "code": self.code,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Explanation:
    """`reason` is a word for programs where the outcome has one, `sentence` the answer for a person."""

    campaign_id: int
    address: str
    outcome: Outcome
    sentence: str
    reason: str = ""
    events: list[Happening] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign_id,
            "address": self.address,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "sentence": self.sentence,
            "events": [event.as_json() for event in self.events],
        }


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: Outcome
    sentence: str
    reason: str = ""


def explain(*, campaign_id: int, address: str, time_zone: str = "") -> Explanation:
    """The sentence tells its times in `time_zone`, without one in the campaign's. Raises UnknownCampaign."""
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        raise UnknownCampaign
    contact_id = contact_id_of(address)
    events: list[Happening] = []
    if contact_id is None:
        verdict = _Verdict(
            Outcome.UNKNOWN_ADDRESS, f"No contact has the address {address}: it was never added, or has been erased."
        )
    elif campaign.mailing_id is None:
        verdict = _before_start(campaign, contact_id)
    else:
        history = recipient_history(campaign.mailing_id, contact_id)
        events = [
            Happening(
                each.occurred_at,
                EventKind(each.kind),
                each.attempt,
                each.code,
                each.detail or "",
                each.mailbox_provider,
            )
            for each in history.events
        ]
        verdict = _in_outbox(history, events) or _left_out(campaign, contact_id)
    sentence = told(verdict.sentence, time_zone or campaign.time_zone)
    return Explanation(campaign_id, address, verdict.outcome, sentence, verdict.reason, events)


def _before_start(campaign: Campaign, contact_id: int) -> _Verdict:
    if campaign.state == CampaignState.CANCELLED:
        return _Verdict(Outcome.NEVER_STARTED, "The campaign was cancelled before it started, so nobody got it.")
    begins = f"It starts {kept(campaign.starts_at)}. " if campaign.starts_at else ""
    audience = audience_of(campaign)
    if audience is None:
        return _Verdict(Outcome.NOT_STARTED, "The campaign has not started, and nobody is chosen to get it yet.")
    is_meant, why_not = reason_now(audience, contact_id)
    if not is_meant:
        chance = f"they would not get it: {_not_meant(campaign, 'are')}"
    elif why_not:
        chance = f"they would be left out, because {because(campaign, contact_id, why_not, timezone.now())}"
    else:
        chance = "they would get it"
    return _Verdict(
        Outcome.NOT_STARTED, f"The campaign has not started. {begins}As things stand {chance}.", why_not or ""
    )


def _in_outbox(history: RecipientHistory, events: Sequence[Happening]) -> _Verdict | None:
    """What the outbox knows of the person; None if they were never in it."""
    deferrals = [event for event in events if event.kind == EventKind.DEFERRED]
    if history.waiting and deferrals:
        times = "once, because" if len(deferrals) == 1 else f"{len(deferrals)} times, last because"
        because = deferrals[-1].because or "of something that we do not know"
        return _Verdict(Outcome.DEFERRED, f"Their server put the mail off {times} {because}. {history.why_waiting}")
    if history.waiting:
        return _Verdict(Outcome.WAITING, f"The mail still waits to be sent. {history.why_waiting}")
    for event in reversed(events):
        if verdict := _ended(event, events):
            return verdict
    return None


def _ended(event: Happening, events: Sequence[Happening]) -> _Verdict | None:
    when, why = kept(event.at), f", because {event.because}" if event.because else ""
    if event.kind == EventKind.ACCEPTED:
        return _Verdict(Outcome.ACCEPTED, f"Their server accepted the mail on {when}.{_afterwards(events)}")
    if event.kind == EventKind.BOUNCED:
        return _Verdict(Outcome.BOUNCED, f"Their server accepted the mail and sent it back on {when}{why}.", "bounced")
    if event.kind == EventKind.FAILED:
        return _Verdict(Outcome.FAILED, f"Their server refused the mail for good on {when}{why}.", "refused")
    if event.kind == EventKind.SKIPPED:
        return _Verdict(Outcome.SKIPPED, f"They were skipped on {when}{why}.", event.detail)
    return None


def _afterwards(events: Sequence[Happening]) -> str:
    """What the person did with it, once each."""
    words = {
        EventKind.OPENED: "opened",
        EventKind.CLICKED: "clicked",
        EventKind.UNSUBSCRIBED: "unsubscribed",
        EventKind.COMPLAINED: "reported as spam",
    }
    firsts = {event.kind: event.at for event in reversed(events) if event.kind in words}
    done = [f"{words[kind]} {kept(at)}" for kind, at in sorted(firsts.items())]
    return f" Then: {', '.join(done)}." if done else ""


def _left_out(campaign: Campaign, contact_id: int) -> _Verdict:
    exclusion = Exclusion.objects.filter(campaign=campaign, contact_ids__contains=[contact_id]).first()
    started = kept(campaign.started_at) if campaign.started_at else "then"
    if exclusion:
        why = because(campaign, contact_id, exclusion.reason, campaign.started_at or timezone.now())
        return _Verdict(
            Outcome.EXCLUDED, f"They were left out when sending started ({started}), because {why}.", exclusion.reason
        )
    audience = audience_of(campaign)
    if audience is None:
        raise RuntimeError("a campaign that was sent has a list")
    return _Verdict(
        Outcome.NOT_ON_LIST,
        f"{_not_meant(campaign, 'were', 'They')} when sending started ({started}).{_since(audience, contact_id)}",
    )


def _since(audience: Audience, contact_id: int) -> str:
    """What has become of it: a segment may be gone by now."""
    try:
        is_meant, why_not = reason_now(audience, contact_id)
    except (SegmentGone, RulesRefused):
        return ""
    return " They have joined it since, and will get the next one." if is_meant and not why_not else ""


def _not_meant(campaign: Campaign, verb: str, who: str = "they") -> str:
    if names := segment_names(campaign):
        return f"{who} {verb} in none of its segments ({names})"
    return f"{who} {verb} not on “{audience_name(campaign)}”"
