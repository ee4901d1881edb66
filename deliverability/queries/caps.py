"""What a warm-up allows a way out to send to each mailbox provider: read by the lanes, which keep to it."""

from dataclasses import dataclass

from deliverability.models import WarmupDay, WarmupPlan
from deliverability.queries.mailbox_names import provider_name
from deliverability.queries.warmup_days import newest_days_of_provider
from deliverability.rules.warmup import MOST_ENGAGED


@dataclass(frozen=True, slots=True)
class Caps:
    """Messages per UTC day and per clock hour, None: not capped. `reason` says in words which plan asks for it.

    `warm_source_id`: the provider through which what is beyond them leaves; None: it waits. `most_priority`: only
    people of this band and better ones may be written to.
    """

    per_day: int | None
    per_hour: int | None
    reason: str
    warm_source_id: int | None = None
    most_priority: int | None = None


def warmup_caps(provider_id: int) -> dict[str, Caps]:
    """Today's caps of one way out by mailbox provider; whoever is not in it is not capped.

    While the day's row is not made yet (it is a few minutes past midnight, or beat stands still), the one before
    holds: late is never more.
    """
    days = newest_days_of_provider(provider_id)
    return {each.mailbox_provider: _caps(each) for each in days if each.phase != WarmupDay.Phase.WARM}


def _caps(day: WarmupDay) -> Caps:
    name, source = provider_name(day.mailbox_provider), day.plan.provider.name
    beyond = day.plan.warm_source_id if day.plan.overflow == WarmupPlan.Overflow.WARM_SOURCE else None
    if day.plan.state == WarmupPlan.State.PAUSED:
        return Caps(0, 0, f"The warm-up of {source} is paused. {day.plan.reason} Resume it to let mail leave.", beyond)
    if day.phase == WarmupDay.Phase.PAUSED:
        until = f" It goes on by itself on {day.resumes_on:%-d %B}." if day.resumes_on else ""
        words = f"The warm-up of {source} is paused for {name}, after two unhealthy days in a row.{until}"
        return Caps(0, 0, words, beyond)
    return Caps(
        day.cap,
        day.hourly_cap,
        f"The warm-up of {source} allows {day.cap:,} messages a day to {name}, {day.hourly_cap:,} of them an hour.",
        beyond,
        MOST_ENGAGED if day.is_engaged_only else None,
    )
