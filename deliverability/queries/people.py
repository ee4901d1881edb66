"""The people behind a number of a mailing, page by page, from one index."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from deliverability.types import AgentKind, EventKind

# The last event of each person; the index yields them in this order, so a page reads no more than it shows.
_PAGE = """
SELECT DISTINCT ON (recipient_id) recipient_id, occurred_at, mailbox_provider, code, detail
FROM deliverability_event event
WHERE mailing_id = %(mailing)s AND kind = %(kind)s AND recipient_id > %(after)s {narrower}
ORDER BY recipient_id, occurred_at DESC LIMIT %(most)s
"""
_WITHOUT = """ AND NOT EXISTS (SELECT FROM deliverability_event other
    WHERE other.mailing_id = %(mailing)s AND other.kind = %(without)s AND other.recipient_id = event.recipient_id)"""
_WAITING = """
SELECT recipient_id, due_at, mailbox_provider, attempt FROM (
    SELECT unnest(recipient_ids) AS recipient_id, due_at, mailbox_provider, attempt
    FROM deliverability_deliverybatch WHERE mailing_id = %(mailing)s AND state < 2 AND attempt >= %(attempt)s
) waiting WHERE recipient_id > %(after)s ORDER BY recipient_id LIMIT %(most)s
"""

# The freeze's own batches keep their people for good, whatever became of them.
_RECIPIENTS = """
SELECT DISTINCT recipient_id FROM (
    SELECT unnest(recipient_ids) AS recipient_id FROM deliverability_deliverybatch
    WHERE mailing_id = %(mailing)s AND attempt = 1
) frozen WHERE recipient_id > %(after)s ORDER BY recipient_id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """One person and the last such event; `reply` holds the server's words or the reason for a skip."""

    recipient_id: int
    at: datetime
    mailbox_provider: str
    reply: str


def people_of(
    mailing_id: int,
    kind: EventKind,
    *,
    after: int = 0,
    most: int = 50,
    by_humans: bool = False,
    link: int | None = None,
    mailbox_provider: str = "",
    without: EventKind | None = None,
) -> list[Reached]:
    """Those with an event of this kind, and none of the kind `without`, by ascending id, from behind `after`; opens and
    clicks only by people's own programs where `by_humans`."""
    values: dict[str, Any] = {"mailing": mailing_id, "kind": int(kind), "after": after, "most": most}
    narrower = ""
    if by_humans:
        narrower += " AND agent_kind = %(agent)s"
        values["agent"] = int(AgentKind.HUMAN)
    if link is not None:
        narrower += " AND link = %(link)s"
        values["link"] = link
    if mailbox_provider:
        narrower += " AND mailbox_provider = %(provider)s"
        values["provider"] = mailbox_provider
    if without is not None:
        narrower += _WITHOUT
        values["without"] = int(without)
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(narrower=narrower), values)
        return [Reached(row[0], row[1], row[2], _reply(row[3], row[4])) for row in cursor.fetchall()]


def people_waiting(mailing_id: int, *, retrying: bool, after: int = 0, most: int = 50) -> list[Reached]:
    """Those whose mail has not left, or who were put off and are tried again; `at` is when their turn comes."""
    values = {"mailing": mailing_id, "after": after, "most": most, "attempt": 2 if retrying else 0}
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, values)
        return [Reached(row[0], row[1], row[2], "") for row in cursor.fetchall()]


def recipients_of(mailing_id: int, *, after: int = 0, most: int = 50) -> list[int]:
    """Everybody whom the mailing is for, by ascending id, from behind `after`."""
    with connection.cursor() as cursor:
        cursor.execute(_RECIPIENTS, {"mailing": mailing_id, "after": after, "most": most})
        return [row[0] for row in cursor.fetchall()]


def _reply(code: int | None, detail: str | None) -> str:
    return " ".join(part for part in (str(code or ""), detail or "") if part)
