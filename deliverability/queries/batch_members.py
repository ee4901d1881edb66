"""Who is in the batches of a mailing."""

from collections.abc import Collection

from django.db import connection

# All batches of one mailing are read for it: asked only where contacts were merged, which is rare.
_AMONG = """
SELECT DISTINCT member FROM deliverability_deliverybatch batch, unnest(batch.recipient_ids) member
WHERE batch.mailing_id = %s AND batch.recipient_ids && %s::bigint[] AND member = ANY (%s)
"""


def recipients_among(mailing_id: int, ids: Collection[int]) -> set[int]:
    """Those of `ids` to whom this mailing goes or went, whatever became of it."""
    with connection.cursor() as cursor:
        cursor.execute(_AMONG, [mailing_id, list(ids), list(ids)])
        return {row[0] for row in cursor.fetchall()}
