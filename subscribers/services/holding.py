"""Applies the suppression policy to the people we know: role accounts and likely traps get no marketing mail."""

from collections.abc import Collection

from django.db import transaction

from accounts.types import Actor
from deliverability.services.suppression_policy import change_policy, hold_by_policy
from subscribers.queries.imports.holding import contacts_named_by_policy


def hold_contacts() -> int:
    """Hold every contact whom the policy names; returns how many are new."""
    return hold_by_policy(contacts_named_by_policy())


@transaction.atomic
def change_holding(*, actor: Actor, role_accounts: Collection[str], trap_domains: Collection[str]) -> int:
    """Change the policy, and hold or let go at once; returns how many contacts are newly held.

    Raises PermissionRefused.
    """
    change_policy(actor=actor, role_accounts=role_accounts, trap_domains=trap_domains)
    return hold_contacts()
