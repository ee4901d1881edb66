"""Which of many addresses the suppression policy names, asked of the database at once."""

from typing import Any

from django.db import connection

from deliverability.queries.suppression_policy import suppression_policy

# What stands behind a + names a folder of the same mailbox, as the engine's own rule has it.
_NAMED = """
SELECT email FROM {table} WHERE {where} AND (
    split_part(split_part(lower(email), '@', 1), '+', 1) = ANY(%(role_accounts)s)
    OR split_part(lower(email), '@', -1) = ANY(%(trap_domains)s))
"""


def contacts_named_by_policy() -> list[str]:
    """Reads every contact once: half a second for a million."""
    return _named("subscribers_contact", "true", {})


def staged_people_named_by_policy(after: int, upto: int) -> list[str]:
    """People of an import's staging table, by place: after < place <= upto."""
    return _named("import_person", "place > %(after)s AND place <= %(upto)s", {"after": after, "upto": upto})


def _named(table: str, where: str, params: dict[str, Any]) -> list[str]:
    policy = suppression_policy()
    names = {"role_accounts": list(policy.role_accounts), "trap_domains": list(policy.trap_domains)}
    with connection.cursor() as cursor:
        cursor.execute(_NAMED.format(table=table, where=where), {**params, **names})
        return [email for (email,) in cursor.fetchall()]
