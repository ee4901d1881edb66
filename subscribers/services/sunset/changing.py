"""Changes the sunset policy, and switches it on and off."""

from django.db import transaction

from accounts.services.audit import record
from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import SunsetRefused
from subscribers.models import SunsetPolicy, SunsetStanding
from subscribers.queries.sunset.policy import policy_columns, sunset_policy
from subscribers.rules.sunset import Policy, what_is_wrong
from subscribers.services.sunset.judging import judge_people
from subscribers.services.sunset.returning import welcome_back
from subscribers.services.sunset.turns import take_turn


@transaction.atomic
def change_policy(*, actor: Actor, policy: Policy) -> int:
    """Keep and apply it at once; returns how many people a step concerns now. Raises SunsetRefused, PermissionRefused.

    Switched on, everybody begins anew, so that nobody is suppressed for mails that never asked them. Switched off,
    nobody rests any more and all its suppressions are lifted.
    """
    require(actor, "subscribers.edit")
    if why := what_is_wrong(policy):
        raise SunsetRefused(f"{why} Nothing was saved.")
    take_turn()
    was_on = sunset_policy().is_on
    SunsetPolicy.objects.update_or_create(pk=1, defaults={**policy_columns(policy), "changed_by": str(actor)[:200]})
    if policy.is_on != was_on:
        switched = "on" if policy.is_on else "off"
        everybody = list(SunsetStanding.objects.values_list("pk", flat=True))
        welcome_back(standing_ids=everybody, why=f"The policy was switched {switched}.")
    acts = "acts" if policy.is_on else "only advises"
    record(actor=actor, text=f"Changed the sunset policy, which {acts}.")
    return judge_people()
