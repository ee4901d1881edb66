"""The policy by which role accounts and likely traps are held."""

from deliverability.models import SuppressionPolicy
from deliverability.rules.holding import Policy


def suppression_policy() -> Policy:
    """What the team has chosen, or what is shipped as long as nobody has."""
    chosen = SuppressionPolicy.objects.first()
    if chosen is None:
        return Policy()
    return Policy(frozenset(chosen.role_accounts), frozenset(chosen.trap_domains))
