"""Makes one SQL query of one rule tree: each thing that rules look at is joined once, and the tree is its WHERE.

A join and not IN (…) for each condition: below OR and NOT the latter becomes a hashed subplan, which over many people
falls back to a scan for each of them, while a hash join spills to disk. Where a condition must hold for the whole, the
planner sees that a left join cannot keep anybody and makes an inner one of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from subscribers.queries.segments.conditions import Piece, certain, denied, joined
from subscribers.queries.segments.values import Moment, counted, json_value, tested
from subscribers.rules.lifecycle import DEFAULT, Stage, Stages, borders
from subscribers.rules.segments.fields import Field
from subscribers.rules.segments.tree import (
    Act,
    ActivityRule,
    AllOf,
    AnyOf,
    ConsentRule,
    FieldRule,
    LastMailsRule,
    ListRule,
    MailRule,
    Not,
    Rule,
    SegmentRule,
)
from subscribers.types import Purpose, SubscriptionState

_COLUMNS: Mapping[str, Piece] = {
    "email": Piece("contact.email"),
    **{
        name: Piece(f"nullif(contact.{name}, '')")
        for name in ("first_name", "last_name", "locale", "time_zone", "country", "mailbox_provider")
    },
    "created_at": Piece("contact.created_at"),
    "engaged_at": Piece("contact.engaged_at"),
}
_LIFECYCLE = f"""CASE WHEN contact.created_at > %s THEN '{Stage.NEW}' WHEN contact.engaged_at > %s THEN '{Stage.ACTIVE}'
    WHEN coalesce(contact.engaged_at, contact.created_at) > %s THEN '{Stage.AT_RISK}'
    WHEN coalesce(contact.engaged_at, contact.created_at) > %s THEN '{Stage.DORMANT}' ELSE '{Stage.LOST}' END"""
_ACTED_AT = {Act.SENT: "sent_at", Act.OPENED: "opened_at", Act.CLICKED: "clicked_at"}
# {} is the alias of the join.
_HISTORY = "subscribers_mailhistory {} ON {}.contact_id = contact.id"
_ON_LIST = "subscribers_subscription {} ON {}.contact_id = contact.id AND {}.mailing_list_id = %s"
_ON_ANY = """(SELECT DISTINCT contact_id FROM subscribers_subscription WHERE {where}) {}
    ON {}.contact_id = contact.id"""
_CONSENTED = """(SELECT DISTINCT subscription.contact_id FROM subscribers_subscription subscription {basis}
    WHERE {where}) {} ON {}.contact_id = contact.id"""
_ENTRY = "JOIN subscribers_consentrecord entry ON entry.id = subscription.consent_id"
_DID = """(SELECT contact_id, count(*) AS times, coalesce(sum(value), 0) AS total
    FROM subscribers_contactactivity activity WHERE {where} GROUP BY contact_id) {} ON {}.contact_id = contact.id"""


@dataclass
class Statement:
    """Collects the joins of one query while conditions are made. `only` narrows everything to a few people."""

    moment: Moment
    segments: Mapping[int, Rule]
    only: Sequence[int] | None = None
    stages: Stages = DEFAULT
    _joins: list[Piece] = field(default_factory=list)

    def condition(self, rule: Rule) -> Piece:
        """SQL that holds for whoever is in, to stand behind `source`."""
        match rule:
            case AllOf(parts):
                return joined("AND", (self.condition(part) for part in parts), empty="TRUE")
            case AnyOf(parts):
                return joined("OR", (self.condition(part) for part in parts), empty="FALSE")
            case Not(part):
                return denied(self.condition(part))
            case FieldRule(of, test):
                return tested(self._field(of), test, self.moment)
            case ListRule():
                return self._list(rule)
            case ConsentRule():
                return self._consent(rule)
            case MailRule(act, days):
                alias = self._join(_HISTORY)
                return Piece(f"{alias}.{_ACTED_AT[act]} > %s", (self.moment.now - timedelta(days=days),))
            case LastMailsRule():
                return self._last_mails(rule)
            case ActivityRule():
                return self._activity(rule)
            case SegmentRule(segment_id):
                return self.condition(self.segments[segment_id])

    def source(self) -> Piece:
        """FROM what the conditions made so far speak of; everybody is in it once, as `contact`."""
        joins = [f"LEFT JOIN {each.sql.replace('{}', _alias(n))}" for n, each in enumerate(self._joins)]
        params = tuple(value for each in self._joins for value in each.params)
        return Piece("\n".join(["subscribers_contact contact", *joins]), params)

    def _join(self, sql: str, *params: Any) -> str:
        """The alias under which it is joined; the same thing twice is joined once."""
        piece = Piece(sql, params)
        if piece not in self._joins:
            self._joins.append(piece)
        return _alias(self._joins.index(piece))

    def _field(self, of: Field) -> Piece:
        if of.custom_key:
            return json_value("contact.attributes", of.custom_key, of.kind)
        if of.name == "lifecycle":
            at = borders(self.stages, self.moment.now)
            return Piece(f"({_LIFECYCLE})", (at.new, at.active, at.at_risk, at.dormant))
        return _COLUMNS[of.name]

    def _list(self, rule: ListRule) -> Piece:
        if rule.list_id is not None:
            return Piece(f"{self._join(_ON_LIST, rule.list_id)}.state = %s", (rule.state.value,))
        where = self._narrowed("contact_id", certain("state = %s", rule.state.value))
        return certain(f"{self._join(_ON_ANY.replace('{where}', where.sql), *where.params)}.contact_id IS NOT NULL")

    def _consent(self, rule: ConsentRule) -> Piece:
        if rule.purpose != Purpose.SUBSCRIPTION:
            tracks = "tracks_opens" if rule.purpose == Purpose.OPEN_TRACKING else "tracks_clicks"
            return certain(f"contact.{tracks}")
        now = self.moment.now
        expires = "subscription.consent_expires_at"
        allowing = [
            certain("subscription.state = %s AND subscription.consent_id IS NOT NULL", SubscriptionState.SUBSCRIBED),
            certain(f"({expires} IS NULL OR {expires} > %s)", now),
        ]
        if rule.list_id is not None:
            allowing.append(certain("subscription.mailing_list_id = %s", rule.list_id))
        if rule.bases:
            allowing.append(certain("entry.basis = ANY (%s::text[])", [basis.value for basis in rule.bases]))
        if rule.expires_within is not None:
            allowing.append(certain(f"{expires} <= %s", now + timedelta(days=rule.expires_within)))
        where = self._narrowed("subscription.contact_id", *allowing)
        sql = _CONSENTED.replace("{basis}", _ENTRY if rule.bases else "").replace("{where}", where.sql)
        return certain(f"{self._join(sql, *where.params)}.contact_id IS NOT NULL")

    def _last_mails(self, rule: LastMailsRule) -> Piece:
        alias = self._join(_HISTORY)
        bits = f"bit_count(({alias}.{rule.act.value} & {(1 << rule.campaigns) - 1})::bit(32))"
        enough = tested(Piece(bits), rule.count, self.moment)
        return joined("AND", [Piece(f"{alias}.sent_count >= %s", (rule.campaigns,)), enough], empty="TRUE")

    def _activity(self, rule: ActivityRule) -> Piece:
        # Sorted out by the index that holds everything else that is asked, but for properties.
        wanted = [certain("name = %s", rule.name)]
        window, moment = rule.window, self.moment
        if window.days is not None:
            wanted.append(certain("occurred_at > %s", moment.now - timedelta(days=window.days)))
        if window.since is not None:
            wanted.append(certain("occurred_at >= %s", moment.start_of(window.since)))
        if window.until is not None:
            wanted.append(certain("occurred_at < %s", moment.end_of(window.until)))
        for each in rule.where:
            value = json_value("activity.properties", each.key, each.test.kind)
            wanted.append(tested(value, each.test, moment))
        where = self._narrowed("contact_id", *wanted)
        alias = self._join(_DID.replace("{where}", where.sql), *where.params)
        counts = (
            counted(f"{alias}.{column}", test, moment)
            for column, test in (("times", rule.times), ("total", rule.total))
            if test is not None
        )
        return joined("AND", counts, empty="TRUE")

    def _narrowed(self, key: str, *conditions: Piece) -> Piece:
        only = [] if self.only is None else [certain(f"{key} = ANY (%s)", list(self.only))]
        return joined("AND", [*conditions, *only], empty="TRUE")


def _alias(number: int) -> str:
    return f"part{number}"
