"""How silence and its steps read on screens."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.rules import clocks
from deliverability.queries.suppression_page import Held
from deliverability.types import SuppressionReason
from subscribers.models import MailHistory, SunsetStanding
from subscribers.queries.sunset.effect import Fading, sunsets_of
from subscribers.queries.sunset.policy import sunset_policy
from subscribers.rules.sunset import Policy, Step

Words = str | Promise


class StepWords(NamedTuple):
    """`name` heads a column, `means` explains it."""

    name: Words
    means: Words


STEPS: dict[Step, StepWords] = {
    Step.REDUCE: StepWords(
        gettext_lazy("Fewer mails"),
        gettext_lazy("They hear from you more rarely, and campaigns in between leave them out."),
    ),
    Step.WIN_BACK: StepWords(
        gettext_lazy("Win back"), gettext_lazy("A few last mails may ask whether they still want to hear from you.")
    ),
    Step.SUPPRESS: StepWords(
        gettext_lazy("Suppress"), gettext_lazy("They get no mail of this list until they act by themselves.")
    ),
}

_HELD = gettext_lazy(
    "“%(list)s”: not written to since %(since)s: %(silence)s. A click, or a yes of their own, ends it."
)
_LET_GO = gettext_lazy("“%(list)s”: written to again, since a colleague lifted the suppression: %(silence)s.")
_ACTS: dict[Step, Words] = {
    Step.REDUCE: gettext_lazy("“%(list)s”: at most one mail every %(days)s days since %(since)s: %(silence)s."),
    Step.WIN_BACK: gettext_lazy(
        "“%(list)s”: to be won back since %(since)s, at most one mail every %(days)s days: %(silence)s."
    ),
}
_ADVICE: dict[Step, Words] = {
    Step.REDUCE: gettext_lazy("“%(list)s”: they should hear from you more rarely: %(silence)s."),
    Step.WIN_BACK: gettext_lazy("“%(list)s”: ask them whether they still want it: %(silence)s."),
    Step.SUPPRESS: gettext_lazy("“%(list)s”: write to them no more: %(silence)s, and no answer to your asking."),
}


def how_it_stands(policy: Policy) -> tuple[Words, str]:
    """Words and the badge's kind."""
    return (_("Acts every night"), "ok") if policy.is_on else (_("Only advises"), "info")


def silence(quiet_since: datetime, mails: int) -> str:
    """`no click or human open in 186 days and 14 mails`; more than 20 mails are not looked at."""
    days = (timezone.now() - quiet_since).days
    many = (
        _("20 mails or more")
        if mails >= MailHistory.KEPT
        else ngettext("%(n)s mail", "%(n)s mails", mails) % {"n": mails}
    )
    return ngettext(
        "no click or human open in %(days)s day and %(mails)s",
        "no click or human open in %(days)s days and %(mails)s",
        days,
    ) % {"days": days, "mails": many}


def standing_words(standing: SunsetStanding, *, is_held: bool, is_on: bool, zone: str) -> str:
    """One person with one list, in a sentence; `is_held`: the policy's suppression stands."""
    values = {
        "list": standing.mailing_list.name,
        "since": clocks.day(standing.since, zone),
        "silence": silence(standing.quiet_since, standing.mails),
        "days": standing.gap_days,
    }
    if not is_on:
        return _ADVICE[Step(standing.step)] % values
    if standing.step == Step.SUPPRESS:
        return (_HELD if is_held else _LET_GO) % values
    return _ACTS[Step(standing.step)] % values


def sunset_lines(contact_id: int, held: Sequence[Held], zone: str) -> list[str]:
    """What the policy does about one person's silence, or would do; `held` is what holds them back now."""
    found = sunsets_of(contact_id)
    if not found:
        return []
    lists = {each.target for each in held if each.reason == SuppressionReason.SUNSET}
    is_on = sunset_policy().is_on
    return [
        standing_words(each, is_held=each.mailing_list_id in lists, is_on=is_on, zone=zone or "UTC") for each in found
    ]


class FadingLine(NamedTuple):
    contact_id: int
    email: str
    since: datetime
    silence: str
    rests_until: datetime | None


def fading_line(each: Fading) -> FadingLine:
    rests = each.rests_until if each.rests_until and each.rests_until > timezone.now() else None
    return FadingLine(each.contact_id, each.email, each.since, silence(each.quiet_since, each.mails), rests)
