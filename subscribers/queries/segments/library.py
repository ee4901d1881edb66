"""The segments that there are, read as trees, and what rules may speak of."""

from collections.abc import Mapping
from contextlib import suppress

from django.db import connection

from subscribers.errors import RulesRefused, SegmentGone
from subscribers.models import CustomField, MailingList, Segment
from subscribers.rules.segments.fields import OWN_FIELDS, custom_field
from subscribers.rules.segments.parsing import parse_rules
from subscribers.rules.segments.tree import Known, Rule, segments_in

# Jumps from value to value through an index that begins with the column, however many rows each has.
_DISTINCT = """
WITH RECURSIVE found AS (
    (SELECT {column} AS name FROM {table} ORDER BY {column} LIMIT 1)
    UNION ALL
    SELECT (SELECT {column} FROM {table} WHERE {column} > found.name ORDER BY {column} LIMIT 1)
    FROM found WHERE found.name IS NOT NULL
)
SELECT name FROM found WHERE name IS NOT NULL LIMIT 200
"""


def activity_names() -> list[str]:
    """What people have done so far, by name."""
    return _distinct("subscribers_activitytotal", "name")


def present_providers() -> list[str]:
    """Mailbox providers at which anybody has an address."""
    return _distinct("subscribers_contact", "mailbox_provider")


def _distinct(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT.format(table=table, column=column))
        return [row[0] for row in cursor.fetchall()]


def known() -> Known:
    """As of now; three small queries."""
    fields = CustomField.offered.order_by("label").values_list("key", "label", "kind", "options")
    custom = (custom_field(key, label, kind, tuple(options)) for key, label, kind, options in fields)
    return Known(
        fields={**OWN_FIELDS, **{field.name: field for field in custom}},
        lists=dict(MailingList.objects.order_by("name").values_list("pk", "name")),
        segments=segment_names(),
    )


def segment_names() -> dict[int, str]:
    return dict(Segment.objects.order_by("name").values_list("pk", "name"))


def segment_rule(segment_id: int, known: Known) -> Rule:
    """Raises SegmentGone, and RulesRefused where its rules speak of what has gone since."""
    rules = Segment.objects.filter(pk=segment_id).values_list("rules", flat=True).first()
    if rules is None:
        raise SegmentGone
    return parse_rules(rules, known)


def needed_rules(rule: Rule, known: Known) -> Mapping[int, Rule]:
    """The rules of all segments that a tree needs, directly or by way of others. Raises RulesRefused."""
    found: dict[int, Rule] = {}
    _collect(rule, known, found, ())
    return found


def _collect(rule: Rule, known: Known, found: dict[int, Rule], inside: tuple[int, ...]) -> None:
    for segment_id in sorted(segments_in(rule)):
        if segment_id in inside:
            raise RulesRefused("", f"The segment “{known.segments[segment_id]}” contains itself.")
        if segment_id not in found:
            found[segment_id] = _named(segment_id, known)
        _collect(found[segment_id], known, found, (*inside, segment_id))


def _named(segment_id: int, known: Known) -> Rule:
    try:
        return segment_rule(segment_id, known)
    except RulesRefused as refused:
        name = known.segments.get(segment_id, "")
        raise RulesRefused("", f"The segment “{name}”, which this one needs, cannot be read. {refused}") from None


def readable_rules(known: Known) -> dict[int, Rule]:
    """Of all segments but those whose rules speak of what has gone since."""
    found: dict[int, Rule] = {}
    for key, rules in Segment.objects.values_list("pk", "rules"):
        with suppress(RulesRefused):
            found[key] = parse_rules(rules, known)
    return found
