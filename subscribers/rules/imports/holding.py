"""Why a row waits for somebody's decision instead of being imported, and what may be decided of it."""

from enum import StrEnum

from subscribers.rules.judgement import Risk
from subscribers.rules.policies import Handling, PermissionPolicy


class HoldReason(StrEnum):
    """The first three are the risks of `rules.judgement`, which an address carries by itself; the first found counts.

    `DEAD_DOMAIN`: DNS names no server that takes mail. `CONFLICT`: rows of one address name different people.
    """

    TYPO = "typo"
    DISPOSABLE = "disposable"
    ROLE = "role"
    UNSTATED = "unstated"
    BOUNCED = "bounced"
    DEAD_DOMAIN = "dead_domain"
    CONFLICT = "conflict"


class Decision(StrEnum):
    """`MEND` takes the suggestion in place of the address; `IMPORT` takes the row as it stands."""

    MEND = "mend"
    IMPORT = "import"
    REJECT = "reject"


_RISKS = {HoldReason.DISPOSABLE: Risk.DISPOSABLE, HoldReason.ROLE: Risk.ROLE}


def decisions_for(reason: HoldReason, policy: PermissionPolicy) -> list[Decision]:
    """What may be decided of rows held for this, the likeliest first.

    What the team's policy refuses nobody lets in here; an address that bounced is suppressed whatever is decided.
    """
    likeliest = [Decision.MEND] if reason is HoldReason.TYPO else []
    is_refused = policy.handling_of(_RISKS.get(reason)) is Handling.REFUSE or reason is HoldReason.BOUNCED
    return [*likeliest, *([] if is_refused else [Decision.IMPORT]), Decision.REJECT]


def held_at_first(policy: PermissionPolicy) -> list[HoldReason]:
    """Unless the person says otherwise. Role accounts may be all that a business has, so the policy speaks for them;
    people whose column leaves permission open become contacts without mail anyhow."""
    spared = {HoldReason.UNSTATED}
    if policy.role_accounts is Handling.ALLOW:
        spared.add(HoldReason.ROLE)
    return [reason for reason in HoldReason if reason not in spared]
