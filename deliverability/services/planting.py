"""Writes down the canaries of a mailing whose batches were just made, most of them held."""

from django.db import connection

_PLANT = """
INSERT INTO deliverability_canarylane (mailing_id, mailbox_provider, size, rest, state, decided_by, reason)
SELECT mailing_id, mailbox_provider,
    coalesce(sum(cardinality(recipient_ids)) FILTER (WHERE state = 0), 0),
    coalesce(sum(cardinality(recipient_ids)) FILTER (WHERE state = -1), 0), 'sending', '', ''
FROM deliverability_deliverybatch WHERE mailing_id = %s
GROUP BY mailing_id, mailbox_provider HAVING bool_or(state = -1)
"""


def plant_canaries(*, mailing_id: int) -> None:
    """Joins the open transaction, in which the batches were made."""
    with connection.cursor() as cursor:
        cursor.execute(_PLANT, [mailing_id])
