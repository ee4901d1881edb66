"""Follows between two nights whoever acts again, and whoever was written to."""

from django.db import connection, transaction

from subscribers.services.sunset.returning import welcome_back

# Both read the standings, which are few, and look each person up by key.
_ACTED = """
SELECT standing.id FROM subscribers_sunsetstanding standing
JOIN subscribers_contact contact ON contact.id = standing.contact_id
WHERE contact.engaged_at > standing.quiet_since OR EXISTS (
    SELECT FROM subscribers_consentrecord entry WHERE entry.contact_id = contact.id
        AND entry.occurred_at > standing.quiet_since AND entry.action IN ('requested', 'granted', 'resumed'))
"""
_REST = """
UPDATE subscribers_sunsetstanding standing
SET rests_until = history.sent_at + make_interval(days => standing.gap_days)
FROM subscribers_mailhistory history
WHERE history.contact_id = standing.contact_id AND standing.rests_until IS NOT NULL
    AND standing.rests_until < history.sent_at + make_interval(days => standing.gap_days)
"""


@transaction.atomic
def follow_people() -> int:
    """Let go of those who clicked, opened or said yes since they fell silent, and let those rest who just had a mail.

    Returns how many came back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ACTED)
        back = [row[0] for row in cursor.fetchall()]
        cursor.execute(_REST)
    return welcome_back(standing_ids=back, why="They clicked, opened a mail, or said yes again.")
