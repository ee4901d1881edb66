"""Keeps what marketing mail did with each person: `MailHistory` for segments, `Contact.engaged_at` for audiences."""

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from deliverability.queries.engagement import mail_sql
from deliverability.services.cursors import claim_cursor, move_cursor
from deliverability.services.events import settled_event_id
from deliverability.types import EventKind
from subscribers.models import MailHistory

_CURSOR = "subscribers.engagement"
# So many events at a time: each is a short transaction, and one that is killed costs little.
_STEP = 250_000
_GATHER = """
CREATE TEMPORARY TABLE mail_of_people ON COMMIT DROP AS
SELECT coalesce(kept.id, contact.id) AS recipient_id, mail.kind, mail.mailing_id, mail.occurred_at, mail.is_marketing
FROM ({mail}) mail JOIN subscribers_contact contact ON contact.id = mail.recipient_id
LEFT JOIN subscribers_contact kept ON kept.id = contact.merged_into_id
WHERE contact.restricted_at IS NULL AND kept.restricted_at IS NULL
"""
# A mail that was accepted twice, after a kill, counts once. A batch says what was accepted when it is through, and some
# have opened their mail by then: so a mailing without a place that is newer than the oldest one kept was sent, too.
_SENT = f"""
INSERT INTO subscribers_mailhistory AS history (contact_id, sent_at, sent_count, opened, clicked, mailings)
SELECT recipient_id, max(mail.sent_at), count(*), 0, 0,
    (array_agg(mailing_id ORDER BY mail.sent_at DESC, mailing_id DESC))[1:{MailHistory.KEPT}]
FROM (
    SELECT recipient_id, mailing_id, bool_or(kind = {int(EventKind.ACCEPTED)}) AS is_accepted,
        coalesce(max(occurred_at) FILTER (WHERE kind = {int(EventKind.ACCEPTED)}), min(occurred_at)) AS sent_at
    FROM mail_of_people WHERE is_marketing GROUP BY recipient_id, mailing_id
) mail LEFT JOIN subscribers_mailhistory known ON known.contact_id = recipient_id
WHERE known.contact_id IS NULL OR NOT mailing_id = ANY (known.mailings) AND (
    is_accepted OR cardinality(known.mailings) < {MailHistory.KEPT}
    OR mailing_id > known.mailings[{MailHistory.KEPT}])
GROUP BY recipient_id
ON CONFLICT (contact_id) DO UPDATE SET
    sent_at = greatest(history.sent_at, EXCLUDED.sent_at),
    sent_count = history.sent_count + EXCLUDED.sent_count,
    opened = history.opened << cardinality(EXCLUDED.mailings) & {(1 << MailHistory.KEPT) - 1},
    clicked = history.clicked << cardinality(EXCLUDED.mailings) & {(1 << MailHistory.KEPT) - 1},
    mailings = (EXCLUDED.mailings || history.mailings)[1:{MailHistory.KEPT}]
"""  # noqa: S608  only constants
# A mailing that is no longer among the last has no place, and its bit is NULL, which bit_or passes over.
_ENGAGED = f"""
INSERT INTO subscribers_mailhistory AS history
    (contact_id, opened_at, clicked_at, opened, clicked, sent_count, mailings)
SELECT recipient_id, max(occurred_at), max(occurred_at) FILTER (WHERE is_click),
    coalesce(bit_or(bit), 0), coalesce(bit_or(bit) FILTER (WHERE is_click), 0), 0, '{{}}'
FROM (
    SELECT recipient_id, occurred_at, kind = {int(EventKind.CLICKED)} AS is_click,
        1 << (array_position(known.mailings, mailing_id) - 1) AS bit
    FROM mail_of_people LEFT JOIN subscribers_mailhistory known ON known.contact_id = recipient_id
    WHERE is_marketing AND kind <> {int(EventKind.ACCEPTED)}
) engaged
GROUP BY recipient_id
ON CONFLICT (contact_id) DO UPDATE SET
    opened_at = greatest(history.opened_at, EXCLUDED.opened_at),
    clicked_at = greatest(history.clicked_at, EXCLUDED.clicked_at),
    opened = history.opened | EXCLUDED.opened,
    clicked = history.clicked | EXCLUDED.clicked
"""  # noqa: S608  only constants
# Only forward: an older event that is read later changes nothing.
_CONTACTS = f"""
UPDATE subscribers_contact contact SET engaged_at = newest.engaged_at
FROM (SELECT recipient_id, max(occurred_at) AS engaged_at FROM mail_of_people
    WHERE kind <> {int(EventKind.ACCEPTED)} GROUP BY recipient_id) newest
WHERE contact.id = newest.recipient_id AND (contact.engaged_at IS NULL OR contact.engaged_at < newest.engaged_at)
"""  # noqa: S608  only constants


def refresh_engagement() -> int:
    """Take over the mail since the last call, set-based. Returns how many contacts' last engagement moved forward.

    Proxies' opens and machines' clicks say nothing about a person and are left out. Safe to run twice, and at once.
    """
    up_to_id = settled_event_id()
    moved, more = 0, True
    while more:
        forward, more = _step(up_to_id)
        moved += forward
    return moved


@transaction.atomic
def _step(up_to_id: int) -> tuple[int, bool]:
    """How many contacts moved forward, and whether there is more to read."""
    after_id = int(claim_cursor(name=_CURSOR, start="0", wait=True) or 0)
    until_id = min(up_to_id, after_id + _STEP)
    if after_id >= until_id:
        return 0, False
    with connection.cursor() as cursor:
        moved = _take_over(cursor, after_id, until_id)
    move_cursor(name=_CURSOR, last_id=str(until_id))
    return moved, until_id < up_to_id


def _take_over(cursor: CursorWrapper, after_id: int, until_id: int) -> int:
    mail, params = mail_sql(after_id=after_id, up_to_id=until_id)
    cursor.execute(_GATHER.format(mail=mail), params)
    cursor.execute("ANALYZE mail_of_people")
    cursor.execute(_SENT)
    cursor.execute(_ENGAGED)
    cursor.execute(_CONTACTS)
    moved = int(cursor.rowcount)
    cursor.execute("DROP TABLE mail_of_people")
    return moved
