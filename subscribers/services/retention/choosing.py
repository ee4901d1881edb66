"""Changes how long one kind of data is kept, within what the law and the product need."""

from django.db import transaction

from accounts.services import audit
from accounts.services.permission import require
from accounts.types import Actor
from subscribers.errors import RetentionRefused
from subscribers.models import RetentionChoice
from subscribers.rules.retention import BY_KIND, RetentionRule


@transaction.atomic
def choose_retention(*, actor: Actor, kind: str, days: int | None) -> None:
    """`days` None: until somebody deletes it. Takes effect with the next nightly round.

    Raises RetentionRefused, PermissionRefused.
    """
    require(actor, "subscribers.privacy")
    rule = BY_KIND.get(kind)
    if rule is None or not rule.allows(days):
        raise RetentionRefused(f"{_limits(rule)} Nothing was changed.")
    values = {"days": days, "changed_by": str(actor)[:200]}
    RetentionChoice.objects.update_or_create(kind=kind, defaults=values)
    audit.record(
        actor=actor, text=f"Changed the retention of {kind} to {'for good' if days is None else f'{days} days'}."
    )


def _limits(rule: RetentionRule | None) -> str:
    if rule is None or rule.least is None:
        return "How long this is kept is not chosen here."
    if rule.most is None:
        return f"This is kept for at least {rule.least:,} days."
    return f"This is kept for {rule.least:,} to {rule.most:,} days."
