"""What a condition looks at, of one person, as a text: why somebody is in, or is not."""

from typing import Any

from subscribers.queries.segments.compiling import Statement
from subscribers.queries.segments.conditions import Piece, joined
from subscribers.rules.segments.fields import FieldKind
from subscribers.rules.segments.tree import (
    Act,
    ActivityRule,
    FieldRule,
    LastMailsRule,
    Leaf,
    ListRule,
    MailRule,
)

_DAY = "to_char({} AT TIME ZONE %s, 'YYYY-MM-DD')"
_MAILED = "(SELECT {day} FROM subscribers_mailhistory WHERE contact_id = contact.id)"
_ACTED_AT = {Act.SENT: "sent_at", Act.OPENED: "opened_at", Act.CLICKED: "clicked_at"}
_LAST_MAILS = """(SELECT bit_count((history.{act} & {mask})::bit(32)) || ' of ' || least(sent_count, {campaigns})
    FROM subscribers_mailhistory history WHERE contact_id = contact.id)"""
_DONE = """(SELECT count(*) || ' ×' || coalesce(', ' || trim_scale(sum(value)), '')
    FROM subscribers_contactactivity activity WHERE contact_id = contact.id AND {where})"""
_STANDING = """(SELECT state || ' ' || {day} FROM subscribers_subscription
    WHERE contact_id = contact.id AND mailing_list_id = %s)"""


def shown(leaf: Leaf, made: Statement) -> Piece:
    """SQL for a few people, as `contact`; NULL where there is nothing to show beside the answer itself."""
    zone = made.moment.zone.key
    match leaf:
        case FieldRule(of, _):
            value = made.field(of)
            if of.kind == FieldKind.MOMENT:
                return Piece(_day(value.sql), (*value.params, zone))
            return value._replace(sql=f"({value.sql})::text")
        case MailRule(act, _):
            return Piece(_MAILED.replace("{day}", _day(_ACTED_AT[act])), (zone,))
        case LastMailsRule(act, campaigns, _):
            mask = (1 << campaigns) - 1
            return Piece(_LAST_MAILS.format(act=act.value, mask=mask, campaigns=campaigns))
        case ActivityRule():
            return _done(leaf, made)
        case ListRule(int(list_id), _):
            return Piece(_STANDING.replace("{day}", _day("changed_at")), (zone, list_id))
        case _:
            return Piece("NULL::text")


def _day(moment: str) -> str:
    return _DAY.replace("{}", moment)


def _done(leaf: ActivityRule, made: Statement) -> Piece:
    where = joined("AND", made.deeds(leaf), empty="TRUE")
    params: tuple[Any, ...] = where.params
    return Piece(_DONE.replace("{where}", where.sql), params)
