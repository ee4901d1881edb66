"""The sunset policy as the team has it."""

from dataclasses import asdict, replace
from datetime import datetime

from subscribers.models import SunsetPolicy
from subscribers.rules.sunset import PACES, SHIPPED, Pace, Policy

_PLAIN = (
    "is_on",
    "least_mails",
    "never_mails",
    "never_win_back_days",
    "never_suppress_days",
    "win_back_mails",
    "buyer_days",
)


def sunset_policy() -> Policy:
    """As shipped where nobody has changed it."""
    row = SunsetPolicy.objects.filter(pk=1).first()
    if row is None:
        return SHIPPED
    return replace(
        SHIPPED,
        **{name: getattr(row, name) for name in _PLAIN},
        purchases=tuple(row.purchases),
        paces={name: Pace(**days) for name, days in row.paces.items()} or PACES,
        lists={int(key): name for key, name in row.lists.items()},
    )


def judged_at() -> datetime | None:
    """When everybody was last judged."""
    return SunsetPolicy.objects.filter(pk=1).values_list("judged_at", flat=True).first()


def policy_columns(policy: Policy) -> dict[str, object]:
    """What a row holds of it."""
    return {
        **{name: getattr(policy, name) for name in _PLAIN},
        "purchases": list(policy.purchases),
        "paces": {name: asdict(pace) for name, pace in policy.paces.items()},
        "lists": {str(key): name for key, name in policy.lists.items()},
    }
