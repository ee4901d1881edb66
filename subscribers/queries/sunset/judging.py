"""Judges in one pass of SQL who does not react to a list any more, and which step of the policy that asks for."""

from datetime import datetime
from typing import Any

from deliverability.queries.mailing_times import MAILING_TIMES
from deliverability.queries.suppressions import live_suppressions
from deliverability.types import StreamKind, SuppressionReason
from subscribers.models import MailingList
from subscribers.rules.sunset import Policy

# Only people who let us see clicks can be silent: of the others nobody knows, since mail programs hide opens or invent
# them. The clock starts anew with every yes in the ledger, with a purchase-like act of their own, and with the
# permission to see clicks. Whoever gets nothing anyway is not judged. OFFSET 0 keeps the cheap tests first: what mails
# somebody had, and what they said, is only looked up of people who have been silent for long enough.
_DUE = """
WITH pace AS (
    SELECT * FROM unnest(%(lists)s::bigint[], %(reduce)s::int[], %(win_back)s::int[], %(suppress)s::int[],
        %(gap)s::int[], %(win_back_gap)s::int[])
        AS pace (mailing_list_id, reduce_days, win_back_days, suppress_days, gap_days, win_back_gap_days)
), silent AS (
    SELECT pace.*, contact.id AS contact_id, history.sent_at, history.sent_count, history.mailings,
        contact.engaged_at IS NULL AS is_new_to_us,
        greatest(contact.engaged_at, history.opened_at, history.clicked_at, subscription.changed_at) AS sign_at
    FROM pace
    JOIN subscribers_subscription subscription ON subscription.mailing_list_id = pace.mailing_list_id
        AND subscription.state = 'subscribed' AND subscription.consent_id IS NOT NULL
    JOIN subscribers_contact contact ON contact.id = subscription.contact_id AND contact.tracks_clicks
    JOIN subscribers_mailhistory history ON history.contact_id = contact.id AND history.sent_count >= %(least)s
    LEFT JOIN (SELECT DISTINCT address_key FROM ({suppressed}) live) held ON held.address_key = contact.address_key
    WHERE held.address_key IS NULL AND contact.restricted_at IS NULL
        AND greatest(contact.engaged_at, history.opened_at, history.clicked_at, subscription.changed_at)
            <= %(now)s - make_interval(days => CASE WHEN contact.engaged_at IS NULL
                THEN least(reduce_days, %(never_win_back)s) ELSE reduce_days END)
    OFFSET 0
), quiet AS (
    SELECT silent.*, greatest(sign_at, said.at) AS quiet_since
    FROM silent
    LEFT JOIN LATERAL (SELECT max(entry.occurred_at) AS at FROM subscribers_consentrecord entry
        WHERE entry.contact_id = silent.contact_id AND entry.action IN ('requested', 'granted', 'resumed')) said ON true
    WHERE NOT EXISTS (SELECT FROM subscribers_activitytotal bought WHERE bought.contact_id = silent.contact_id
        AND bought.name = ANY (%(purchases)s::text[])
        AND bought.last_at > %(now)s - make_interval(days => %(buyer)s))
), counted AS (
    SELECT quiet.*, had.mails, floor(extract(epoch FROM %(now)s - quiet_since) / 86400)::int AS days
    FROM quiet CROSS JOIN LATERAL (
        SELECT count(*)::int AS mails FROM unnest(quiet.mailings) AS sent (mailing_id)
        JOIN ({times}) mailing USING (mailing_id) WHERE mailing.began_at > quiet.quiet_since) had
    WHERE had.mails >= CASE WHEN is_new_to_us THEN greatest(%(least)s, %(never_mails)s) ELSE %(least)s END
), judged AS (
    SELECT counted.*, standing.step AS step_before, standing.sent_before,
        CASE WHEN is_new_to_us THEN least(win_back_days, %(never_win_back)s) ELSE win_back_days END AS ask_after,
        CASE WHEN is_new_to_us THEN least(suppress_days, %(never_suppress)s) ELSE suppress_days END AS end_after
    FROM counted LEFT JOIN subscribers_sunsetstanding standing
        ON standing.contact_id = counted.contact_id AND standing.mailing_list_id = counted.mailing_list_id
)
SELECT mailing_list_id, contact_id, sent_at, sent_count, quiet_since, mails, step_before,
    CASE WHEN step_before = 'suppress' THEN 'suppress'
        WHEN days >= end_after AND step_before = 'win_back' AND sent_count >= sent_before + %(win_back_mails)s
            THEN 'suppress'
        WHEN days >= ask_after THEN 'win_back' ELSE 'reduce' END AS step,
    CASE WHEN days >= ask_after THEN win_back_gap_days ELSE gap_days END AS gap_days
FROM judged WHERE days >= least(reduce_days, ask_after)
"""


def due_sql(policy: Policy, *, now: datetime) -> tuple[str, dict[str, Any]]:
    """Named SQL and parameters that yield everybody whom a step concerns now, once per list.

    Whoever is not in it any more has reacted, left, bought, or is no longer judged.
    """
    paces = {list_id: policy.pace_of(list_id) for list_id in MailingList.objects.values_list("pk", flat=True)}
    judged = {list_id: pace for list_id, pace in paces.items() if pace}
    held, held_params = _held()
    params = {
        "lists": list(judged),
        "reduce": [pace.reduce_days for pace in judged.values()],
        "win_back": [pace.win_back_days for pace in judged.values()],
        "suppress": [pace.suppress_days for pace in judged.values()],
        "gap": [pace.gap_days for pace in judged.values()],
        "win_back_gap": [pace.win_back_gap_days for pace in judged.values()],
        "now": now,
        "least": policy.least_mails,
        "never_mails": policy.never_mails,
        "never_win_back": policy.never_win_back_days,
        "never_suppress": policy.never_suppress_days,
        "win_back_mails": policy.win_back_mails,
        "buyer": policy.buyer_days,
        "purchases": list(policy.purchases),
        **held_params,
    }
    return _DUE.format(suppressed=held, times=MAILING_TIMES), params


def _held() -> tuple[str, dict[str, Any]]:
    """The engine's own rule with its parameters under names, since they stand between named ones."""
    others = live_suppressions(StreamKind.MARKETING).exclude(reason=SuppressionReason.SUNSET)
    sql, values = others.values("address_key").query.sql_with_params()
    names = [f"held{number}" for number in range(len(values))]
    return sql % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True))
