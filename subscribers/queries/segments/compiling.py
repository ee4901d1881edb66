"""Makes one SQL query of one rule tree: each thing that rules look at is joined once, and the tree is its WHERE.

A join and not IN (…) for each condition: below OR and NOT the latter becomes a hashed subplan, which over many people
falls back to a scan for each of them, while a hash join spills to disk. Where a condition must hold for the whole, the
planner sees that a left join cannot keep anybody and makes an inner one of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from typing import Any

from subscribers.queries.engagement.lifecycle import STAGE, stage_params
from subscribers.queries.segments.conditions import Piece, certain, denied, joined
from subscribers.queries.segments.values import Moment, json_value, tested
from subscribers.rules.lifecycle import DEFAULT, Stages
from subscribers.rules.segments.counts import passes_zero
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
    Window,
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
# Whoever was merged is an address of somebody else. An anti join over the few of them, and not a plain condition: what
# looks at no other column of contacts then still reads an index alone.
_PEOPLE = """(SELECT * FROM subscribers_contact person WHERE NOT EXISTS (SELECT FROM subscribers_contact gone
    WHERE gone.id = person.id AND gone.merged_into_id IS NOT NULL)) contact"""
# Those without a row have not been reckoned yet, and count as 0.
_SCORED = "subscribers_contactscore {} ON {}.contact_id = contact.id"
_SCORES = {"score": "coalesce({}.score, 0)", "stage_since": "{}.stage_since"}
_ACTED_AT = {Act.SENT: "sent_at", Act.OPENED: "opened_at", Act.CLICKED: "clicked_at"}
# {} is the alias of the join. Conditions stand inside of it: what is hashed is no more than it must be, and whoever
# does not meet them has no row, which is never in doubt.
_MAILED = "subscribers_mailhistory {} ON {}.contact_id = contact.id AND {}.{column} > %s"
_LAST_MAILS = "subscribers_mailhistory {} ON {}.contact_id = contact.id AND {}.sent_count >= %s AND {enough}"
_ON_LIST = "subscribers_subscription {} ON {}.contact_id = contact.id AND {}.mailing_list_id = %s AND {}.state = %s"
_ON_ANY = """(SELECT DISTINCT contact_id FROM subscribers_subscription WHERE {where}) {}
    ON {}.contact_id = contact.id"""
_CONSENTED = """(SELECT {distinct} subscription.contact_id FROM subscribers_subscription subscription {basis}
    WHERE {where}) {} ON {}.contact_id = contact.id"""
_ENTRY = "JOIN subscribers_consentrecord entry ON entry.id = subscription.consent_id"
_DID = """(SELECT contact_id FROM subscribers_contactactivity activity
    WHERE {where} GROUP BY contact_id HAVING {enough}) {} ON {}.contact_id = contact.id"""
_DID_EVER = "(SELECT contact_id FROM subscribers_activitytotal WHERE {where}) {} ON {}.contact_id = contact.id"


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
                return tested(self.field(of), test, self.moment)
            case ListRule():
                return self._list(rule)
            case ConsentRule():
                return self._consent(rule)
            case MailRule(act, days):
                start = self.moment.now - timedelta(days=days)
                return self._joined(_MAILED.replace("{column}", _ACTED_AT[act]), start)
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
        return Piece("\n".join([_PEOPLE, *joins]), params)

    def _joined(self, sql: str, *params: Any) -> Piece:
        """The condition that somebody has a row there; the same thing twice is joined once."""
        return certain(f"{self._alias_of(Piece(sql, params))}.contact_id IS NOT NULL")

    def _alias_of(self, join: Piece) -> str:
        if join not in self._joins:
            self._joins.append(join)
        return _alias(self._joins.index(join))

    def field(self, of: Field) -> Piece:
        """Its value, NULL where there is none."""
        if of.custom_key:
            return json_value("contact.attributes", of.custom_key, of.kind)
        if of.name == "lifecycle":
            return Piece(f"({STAGE})", stage_params(self.stages, self.moment.now))
        if of.name in _SCORES:
            return Piece(_SCORES[of.name].replace("{}", self._alias_of(Piece(_SCORED))))
        return _COLUMNS[of.name]

    def _list(self, rule: ListRule) -> Piece:
        if rule.list_id is not None:
            return self._joined(_ON_LIST, rule.list_id, rule.state.value)
        where = self._narrowed("contact_id", certain("state = %s", rule.state.value))
        return self._joined(_ON_ANY.replace("{where}", where.sql), *where.params)

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
        # Nobody stands on one list twice.
        parts = {
            "{distinct}": "DISTINCT" if rule.list_id is None else "",
            "{basis}": _ENTRY if rule.bases else "",
            "{where}": where.sql,
        }
        sql = reduce(lambda made, part: made.replace(*part), parts.items(), _CONSENTED)
        return self._joined(sql, *where.params)

    def _last_mails(self, rule: LastMailsRule) -> Piece:
        bits = f"bit_count(({{}}.{rule.act.value} & {(1 << rule.campaigns) - 1})::bit(32))"
        enough = tested(Piece(bits), rule.count, self.moment)
        return self._joined(_LAST_MAILS.replace("{enough}", enough.sql), rule.campaigns, *enough.params)

    def _activity(self, rule: ActivityRule) -> Piece:
        """Whoever never did has no row. So where nothing is enough, those are looked for who did otherwise."""
        tests = [test for test in (rule.times, rule.total) if test is not None]
        is_complement = all(passes_zero(test) for test in tests)
        is_ever = rule.window == Window() and not rule.where
        columns = ("times", "total") if is_ever else ("count(*)", "coalesce(sum(value), 0)")
        enough = joined(
            "AND",
            (
                tested(Piece(column), test, self.moment)
                for column, test in zip(columns, (rule.times, rule.total), strict=True)
                if test is not None
            ),
            empty="TRUE",
        )
        wanted = denied(enough) if is_complement else enough
        found = self._did_ever(rule.name, wanted) if is_ever else self._did(rule, wanted)
        return denied(found) if is_complement else found

    def _did_ever(self, name: str, wanted: Piece) -> Piece:
        where = self._narrowed("contact_id", certain("name = %s", name), wanted)
        return self._joined(_DID_EVER.replace("{where}", where.sql), *where.params)

    def deeds(self, rule: ActivityRule) -> list[Piece]:
        """What an `activity` must be to count; one index holds all of it, but for properties."""
        found = [certain("name = %s", rule.name)]
        window, moment = rule.window, self.moment
        if window.days is not None:
            found.append(certain("occurred_at > %s", moment.now - timedelta(days=window.days)))
        if window.since is not None:
            found.append(certain("occurred_at >= %s", moment.start_of(window.since)))
        if window.until is not None:
            found.append(certain("occurred_at < %s", moment.end_of(window.until)))
        for each in rule.where:
            value = json_value("activity.properties", each.key, each.test.kind)
            found.append(tested(value, each.test, moment))
        return found

    def _did(self, rule: ActivityRule, wanted: Piece) -> Piece:
        where = self._narrowed("contact_id", *self.deeds(rule))
        sql = _DID.replace("{where}", where.sql).replace("{enough}", wanted.sql)
        return self._joined(sql, *where.params, *wanted.params)

    def _narrowed(self, key: str, *conditions: Piece) -> Piece:
        only = [] if self.only is None else [certain(f"{key} = ANY (%s)", list(self.only))]
        return joined("AND", [*conditions, *only], empty="TRUE")


def _alias(number: int) -> str:
    return f"part{number}"
