"""The lanes in which batches wait or are under way, for queries that begin with them."""

# A loose index scan over batch_to_send: one probe for each lane, however many batches wait in it.
OPEN_LANES = """
WITH RECURSIVE lane AS (
    (SELECT stream_id, mailbox_provider FROM deliverability_deliverybatch WHERE state < 2
        ORDER BY stream_id, mailbox_provider LIMIT 1)
    UNION ALL
    SELECT following.stream_id, following.mailbox_provider FROM lane CROSS JOIN LATERAL (
        SELECT stream_id, mailbox_provider FROM deliverability_deliverybatch
        WHERE state < 2 AND (stream_id, mailbox_provider) > (lane.stream_id, lane.mailbox_provider)
        ORDER BY stream_id, mailbox_provider LIMIT 1
    ) AS following
)
"""
