"""What keeps mail from leaving, in plain words: never "finished" while a mailbox provider makes us wait."""

from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.rules.clocks import clock, day_and_clock
from campaigns.models import Campaign
from campaigns.queries.live import Live
from campaigns.types import CampaignState
from deliverability.queries.engaged import Engaged
from deliverability.queries.lane_states import LaneStanding, LaneState, Standing
from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.pauses import pause_reasons
from deliverability.types import EventKind


class Trouble(NamedTuple):
    """What happened, what we do, and what the server said: `details`, or with everybody whom it concerns at `href`."""

    title: str
    text: str
    details: str
    kind: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """One mailbox provider's line. Rates are per cent."""

    word: str
    name: str | Promise
    accepted: int
    delivery_rate: float | None
    open_rate: float | None
    click_rate: float | None
    state: str
    kind: str


def headline(campaign: Campaign, live: Live, zone: str) -> str:
    """What goes on at this moment."""
    if campaign.state == CampaignState.PAUSED:
        return _("Paused. Nothing new leaves until you resume.")
    if campaign.state == CampaignState.CANCELLED:
        return _("Cancelled. Whoever had not been sent to yet gets nothing.")
    if campaign.state == CampaignState.SENT:
        when = day_and_clock(campaign.finished_at, zone) if campaign.finished_at else ""
        return _("Finished %(when)s.") % {"when": when}
    if live.standing and live.standing.broker_is_down:
        return _("Nothing leaves at the moment: Redis does not answer. Nobody is lost.")
    if live.standing and live.standing.held_reason:
        return _("Nothing leaves at the moment: the stream stands still.")
    if live.next_at and live.is_quiet:
        return _("Not finished: it is night where the rest of them are. It goes on at %(when)s.") % {
            "when": clock(live.next_at, zone)
        }
    if live.next_at:
        return _("Not finished: what is left was put off and is tried again at %(when)s.") % {
            "when": clock(live.next_at, zone)
        }
    if live.rate and live.ends_at:
        words = {"rate": _rate(live.rate), "when": clock(live.ends_at, zone)}
        return _("%(rate)s per second · done about %(when)s") % words
    if live.waiting or live.retrying:
        return _("Under way; the pace shows in a moment.")
    return _("The last ones are on their way.")


def troubles(campaign: Campaign, live: Live, zone: str) -> list[Trouble]:
    if live.standing is None:
        return []
    if campaign.state == CampaignState.PAUSED and campaign.mailing_id:
        reasons = pause_reasons([campaign.mailing_id])
        return [Trouble(_("Sendwell paused it"), reason, "", "bad") for reason in reasons.values()]
    found = [_lane_trouble(campaign, lane, zone) for lane in live.troubled]
    if live.standing.held_reason:
        title = _("The stream “%(name)s” stands still") % {"name": live.standing.stream_name}
        found.insert(0, Trouble(title, live.standing.held_reason, "", "bad"))
    return found


def providers(
    totals: dict[str, dict[EventKind, int]],
    engaged: dict[str, Engaged],
    standing: Standing | None,
    campaign: Campaign,
    zone: str,
) -> list[Provider]:
    """The largest first."""
    lanes = standing.lanes if standing else {}
    words = {*totals, *lanes}
    found = [
        _provider(word, totals.get(word, {}), engaged.get(word, Engaged(0, 0)), lanes.get(word), campaign, zone)
        for word in words
    ]
    return sorted(found, key=lambda provider: (-provider.accepted, provider.word))


def _provider(
    word: str,
    counts: dict[EventKind, int],
    engaged: Engaged,
    lane: LaneState | None,
    campaign: Campaign,
    zone: str,
) -> Provider:
    accepted, failed = counts.get(EventKind.ACCEPTED, 0), counts.get(EventKind.FAILED, 0)
    delivered = accepted - counts.get(EventKind.BOUNCED, 0)
    state, kind = _state(lane, campaign, zone)
    return Provider(
        word,
        provider_name(word),
        accepted,
        _share(delivered, accepted + failed),
        _share(engaged.openers, delivered),
        _share(engaged.clickers, delivered),
        state,
        kind,
    )


def _share(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole > 0 else None


def _state(lane: LaneState | None, campaign: Campaign, zone: str) -> tuple[str, str]:
    if lane is None:
        return (_("Stopped"), "") if campaign.state == CampaignState.CANCELLED else (_("Complete"), "ok")
    if campaign.state == CampaignState.PAUSED:
        return _("Paused"), "warn"
    if lane.standing == LaneStanding.SLOWED:
        return _("Slowed down, asked us to wait"), "warn"
    if lane.standing == LaneStanding.RETRYING and lane.next_at:
        return _("Put off, next try %(when)s") % {"when": clock(lane.next_at, zone)}, "warn"
    if lane.standing == LaneStanding.QUIET and lane.next_at:
        return _("Quiet hours, goes on %(when)s") % {"when": clock(lane.next_at, zone)}, "info"
    if lane.standing == LaneStanding.LIMITED and lane.messages_per_second is not None:
        return _("At most %(rate)s per second") % {"rate": f"{lane.messages_per_second:g}"}, "info"
    return _("Normal"), "ok"


def _lane_trouble(campaign: Campaign, lane: LaneState, zone: str) -> Trouble:
    name = provider_name(lane.mailbox_provider)
    if lane.standing == LaneStanding.SLOWED:
        title = _("%(name)s asked us to slow down") % {"name": name}
        text = _("We wait %(seconds)s s and go on by ourselves. Nobody is lost, and there is nothing to do.")
        return Trouble(title, text % {"seconds": lane.seconds}, lane.reply, "warn")
    title = _("%(name)s has put off what is left for it") % {"name": name}
    when = clock(lane.next_at, zone) if lane.next_at else ""
    text = _("%(count)s people are tried again at %(when)s, and for 72 hours if need be. There is nothing to do.")
    people = f"{reverse('campaign-people', args=[campaign.pk, 'deferred'])}?provider={lane.mailbox_provider}"
    return Trouble(title, text % {"count": f"{lane.retrying:,}", "when": when}, "", "warn", people)


def _rate(per_second: float) -> str:
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.1f}"
