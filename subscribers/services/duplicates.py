"""Looks for contacts who may be one person, all at once, and keeps the pairs for somebody to judge."""

from django.db import connection, transaction

# Larger groups share something else than a person, such as a name that a shop fills in.
_LARGEST_GROUP = 10
_MOST_PAIRS = 10_000
_ALIKE = f"""
CREATE TEMPORARY TABLE alike ON COMMIT DROP AS
SELECT first, second, array_agg(DISTINCT why ORDER BY why) AS reasons FROM (
    SELECT ids[1] AS first, unnest(ids[2:]) AS second, why FROM (
        SELECT why, array_agg(id ORDER BY id) AS ids FROM (
            -- Google reads no dots, and most providers nothing behind a plus.
            SELECT id, 'mailbox' AS why, CASE WHEN domain IN ('gmail.com', 'googlemail.com')
                THEN replace(split_part(local, '+', 1), '.', '') || '@gmail.com'
                ELSE split_part(local, '+', 1) || '@' || domain END AS key
            FROM (
                SELECT id, lower(split_part(email, '@', 1)) AS local, lower(split_part(email, '@', -1)) AS domain
                FROM subscribers_contact WHERE merged_into_id IS NULL
            ) person
            UNION ALL
            SELECT id, 'name', lower(first_name || ' ' || last_name || '@' || split_part(email, '@', -1))
            FROM subscribers_contact
            WHERE merged_into_id IS NULL AND first_name <> '' AND last_name <> '' AND mailbox_provider = 'other'
            UNION ALL
            SELECT contact_id, 'identifier', external_id FROM subscribers_contactidentifier
            WHERE length(external_id) >= 6
        ) person GROUP BY why, key HAVING count(DISTINCT id) BETWEEN 2 AND {_LARGEST_GROUP}
    ) alike
) pair
WHERE first <> second AND NOT EXISTS (
    SELECT FROM subscribers_apartpair apart WHERE apart.first_id = first AND apart.second_id = second)
GROUP BY first, second ORDER BY count(DISTINCT why) DESC, second DESC LIMIT {_MOST_PAIRS}
"""  # noqa: S608  only constants
_FORGET = """
DELETE FROM subscribers_duplicatepair pair
WHERE NOT EXISTS (SELECT FROM alike WHERE alike.first = pair.first_id AND alike.second = pair.second_id)
"""
_KEEP = """
INSERT INTO subscribers_duplicatepair AS pair (first_id, second_id, reasons) SELECT first, second, reasons FROM alike
ON CONFLICT (first_id, second_id) DO UPDATE SET reasons = EXCLUDED.reasons WHERE pair.reasons <> EXCLUDED.reasons
"""


@transaction.atomic
def look_for_duplicates() -> int:
    """Returns how many pairs there are now. Safe to run twice, at once, and to lose."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('subscribers.duplicates'))")
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(_ALIKE)
        found = int(cursor.rowcount)
        cursor.execute(_FORGET)
        cursor.execute(_KEEP)
        cursor.execute("DROP TABLE alike")
    return found
