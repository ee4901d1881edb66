"""How a way out stands with a mailbox provider, in words for people who write newsletters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.rules.clocks import clock, day_and_clock
from deliverability.models import CanaryLane, LaneChange, WarmupDay, WarmupPlan
from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.paces import Pace
from deliverability.queries.way_states import WayState
from deliverability.rules.lane_words import say_change

Words = str | Promise
Kind = Literal["", "ok", "info", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Standing:
    """The state in a few words, its colour, and a sentence that says what we do about it."""

    words: str
    kind: Kind
    sentence: str


def standing(state: WayState, zone: str) -> Standing:
    """The first thing that keeps mail from leaving at full speed, in the order in which a drain meets them."""
    return (
        _broker(state)
        or _suspended(state, zone)
        or _warmup(state)
        or _canary(state, zone)
        or _slowed(state, zone)
        or _free(state)
    )


def change_words(change: LaneChange, zone: str) -> str:
    return say_change(
        change.mailbox_provider,
        kind=change.kind,
        at=change.at,
        zone=zone,
        reply=change.reply,
        rate=change.messages_per_second,
        connections=change.connections,
        until=change.until,
    )


def rate_words(per_second: float) -> str:
    """`12 a second`, `40 a minute`; a dash while nothing leaves."""
    if per_second >= 10:
        return _("%(rate)s a second") % {"rate": f"{per_second:,.0f}"}
    if per_second >= 1:
        return _("%(rate)s a second") % {"rate": f"{per_second:.1f}"}
    if per_second * 60 >= 0.5:
        return _("%(rate)s a minute") % {"rate": f"{per_second * 60:.0f}"}
    return "–"


def moment_words(moment: datetime, zone: str) -> str:
    """`11:34 Berlin time`; with the day in front where it is not today."""
    place = ZoneInfo(zone)
    is_today = moment.astimezone(place).date() == datetime.now(place).date()
    return clock(moment, zone) if is_today else day_and_clock(moment, zone)


def _broker(state: WayState) -> Standing | None:
    if state.pace is not None:
        return None
    return Standing(_("Not known"), "warn", _("Redis does not answer, so nothing new leaves. Nobody is lost."))


def _suspended(state: WayState, zone: str) -> Standing | None:
    until = state.pace.quiet_until if state.pace else None
    if until is None:
        return None
    words = _("Suspended until %(when)s") % {"when": moment_words(until, zone)}
    return Standing(words, "bad", _("Nothing leaves until then; it goes on by itself, and nobody is lost."))


def _warmup(state: WayState) -> Standing | None:
    day = state.warmup
    if day is None:
        return None
    if day.plan.state == WarmupPlan.State.PAUSED or day.phase == WarmupDay.Phase.PAUSED:
        return Standing(_("Warm-up paused"), "warn", _("Nothing leaves while its warm-up is paused."))
    if not state.is_capped:
        return None
    values = {"cap": f"{day.cap:,}", "name": provider_name(state.way.mailbox_provider)}
    sentence = _("Today's %(cap)s messages to %(name)s have left, as the warm-up allows. More follows at 00:00 UTC.")
    return Standing(_("Warm-up cap reached"), "info", sentence % values)


def _canary(state: WayState, zone: str) -> Standing | None:
    canary = state.canary
    if canary is None:
        return None
    title = canary.mailing.title or _("a mailing")
    if canary.state == CanaryLane.State.STOPPED:
        return Standing(_("Canary stopped"), "bad", canary.reason)
    values = {"size": f"{canary.size:,}", "rest": f"{canary.rest:,}", "title": title}
    if canary.watched_until:
        sentence = _("The first %(size)s of “%(title)s” have left and are watched; %(rest)s people wait for them.")
        return Standing(
            _("Canary until %(when)s") % {"when": moment_words(canary.watched_until, zone)}, "info", sentence % values
        )
    sentence = _("The first %(size)s of “%(title)s” leave now; %(rest)s people wait for them.")
    return Standing(_("Canary"), "info", sentence % values)


def _slowed(state: WayState, zone: str) -> Standing | None:
    pace = state.pace
    if pace is None or not state.is_slowed:
        return None
    limit = _limit(pace)
    if pace.limited_until:
        words = _("Slowed until %(when)s") % {"when": moment_words(pace.limited_until, zone)}
        return Standing(words, "warn", _("At most %(limit)s until then.") % {"limit": limit})
    sentence = _("At most %(limit)s; we feel for more as it takes mail.") % {"limit": limit}
    return Standing(_("Slowed down"), "warn", sentence)


def _free(state: WayState) -> Standing:
    if state.lately.rate:
        return Standing(_("Full speed"), "ok", "")
    if state.is_waiting:
        return Standing(_("Full speed"), "ok", _("Mail waits for its turn or for its next try."))
    return Standing(_("Ready"), "", "")


def _limit(pace: Pace) -> str:
    parts = []
    if pace.effective_rate is not None:
        parts.append(rate_words(pace.effective_rate))
    if (count := pace.effective_connections) is not None:
        parts.append(_("1 connection") if count == 1 else _("%(count)s connections") % {"count": count})
    return _(" over ").join(parts) or _("what it takes")
