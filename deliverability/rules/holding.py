"""Which addresses are held for marketing before anything happened to them, and why."""

from dataclasses import dataclass

from deliverability.rules.addresses import normalise_address
from deliverability.types import SuppressionReason

# Mailboxes of a function, which nobody signs up with: RFC 2142, and what machines answer from. Not info@ or sales@,
# which small businesses read.
_ROLES = (
    "abuse bounce bounces daemon devnull dns do-not-reply donotreply fbl ftp hostmaster list-request listserv "
    "mailer-daemon maildaemon majordomo noc no-reply noreply nobody news-admin phishing postmaster privacy registrar "
    "remove root security spam spamtrap ssladmin ssladministrator sysadmin undisclosed-recipients unsubscribe usenet "
    "uucp virus webmaster"
)
# Misspelt domains of the big mailbox providers, which spam-trap networks own or sell, and mailboxes for one use.
_TRAPS = (
    "gmai.com gmaill.com gmal.com gmial.com gmil.com gnail.com gamil.com gmail.co gmail.con gmsil.com googlemail.co "
    "hotmai.com hotmal.com hotmial.com hotmil.com hotnail.com hotmail.co hotmail.con homail.com "
    "outlok.com outloo.com outlook.co outlook.con yaho.com yahooo.com yhaoo.com yhoo.com yahoo.co yahoo.con "
    "iclod.com icloud.co icloud.con aol.co aol.con "
    "10minutemail.com guerrillamail.com mailinator.com sharklasers.com temp-mail.org tempmail.com trashmail.com "
    "yopmail.com"
)
ROLE_ACCOUNTS, TRAP_DOMAINS = _ROLES.split(), _TRAPS.split()


@dataclass(frozen=True, slots=True)
class Policy:
    """`role_accounts` are what stands before the @, `trap_domains` what stands behind it; both lower case."""

    role_accounts: frozenset[str] = frozenset(ROLE_ACCOUNTS)
    trap_domains: frozenset[str] = frozenset(TRAP_DOMAINS)


def held_because(policy: Policy, address: str) -> tuple[SuppressionReason, str] | None:
    """The reason and its evidence in words; None for an address that the policy says nothing about."""
    local, _, domain = normalise_address(address).rpartition("@")
    # What stands behind a + names a folder of the same mailbox (RFC 5233).
    role = local.partition("+")[0]
    if role in policy.role_accounts:
        return SuppressionReason.ROLE_ACCOUNT, f"Your policy holds role accounts such as {role}@."
    if domain in policy.trap_domains:
        return SuppressionReason.TRAP_DOMAIN, f"Your policy holds addresses at {domain}, which is likely a trap."
    return None
