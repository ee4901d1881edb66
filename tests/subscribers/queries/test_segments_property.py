"""Whatever the rules: exactly the contacts whom a plain evaluation in Python finds."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.services.permission import SENDWELL
from deliverability.models import Mailing
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from subscribers.models import Contact, CustomField, MailingList, Segment, Subscription
from subscribers.queries.segments import count_people, known, segment_sql
from subscribers.queries.segments.members import explain_members
from subscribers.rules.segments import parse_rules, sentence, write_rules
from subscribers.rules.segments.fields import (
    COMPARISONS,
    OPERATORS,
    OWN_FIELDS,
    FieldKind,
    Op,
    Shape,
    custom_field,
)
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
    PropertyTest,
    Rule,
    SegmentRule,
    Test,
    Window,
    leaves,
)
from subscribers.services.activities import record_activities
from subscribers.services.engagement import refresh_engagement
from subscribers.types import Basis, NewActivity, Purpose, SubscriptionState
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ConsentRecordFactory, ContactFactory, MailingListFactory
from tests.subscribers.segments import Deed, Mail, Person, Standing, World, is_in

# Just after midnight in Berlin on the day before a 29th of February that there is not.
NOW = datetime(2027, 2, 26, 23, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MAILINGS, LISTS, SEGMENTS = 4, 2, 2
FIELDS = (
    *(OWN_FIELDS[name] for name in ("first_name", "country", "lifecycle", "created_at", "engaged_at")),
    *(custom_field(kind.value, kind.value, kind.value) for kind in FieldKind if kind != FieldKind.MOMENT),
)

# Few values, so that they meet; borders of every window, and a moment to each side of them.
spans = st.sampled_from([0, 1, 2, 30, 90, 180, 365])
moments = st.builds(
    lambda days, seconds: NOW - timedelta(days=days, seconds=seconds),
    spans | st.sampled_from([-1, -2, 5, 100, 400]),
    st.sampled_from([-1, 0, 1, 3600]),
)
texts = st.sampled_from(["a", "A", "ab", "Ba", "äb", "Ä%", "é_a", "'; --"])
numbers = st.sampled_from([-2, 0, 1, 2, 0.1, 2.5, 10**12])
days = st.sampled_from([date(2027, 2, 27) + timedelta(days=number) for number in (-365, -30, -2, -1, 0, 1, 2, 30)])
birthdays = st.sampled_from([date(1996, 2, 29), date(1990, 2, 28), date(1980, 3, 1), date(2001, 12, 31)])
STAGES = ["new", "active", "at_risk", "dormant", "lost"]
SCALARS = {
    FieldKind.TEXT: texts,
    FieldKind.CHOICE: texts | st.sampled_from(STAGES),
    FieldKind.NUMBER: numbers.map(lambda number: Decimal(repr(number))),
    FieldKind.DATE: days | birthdays,
    FieldKind.MOMENT: days,
    FieldKind.BOOLEAN: st.booleans(),
    FieldKind.LIST: texts,
}
OF_KIND: Mapping[FieldKind, st.SearchStrategy[Any]] = {
    FieldKind.TEXT: texts,
    FieldKind.CHOICE: texts,
    FieldKind.NUMBER: numbers,
    FieldKind.DATE: (days | birthdays).map(date.isoformat),
    FieldKind.BOOLEAN: st.booleans(),
    FieldKind.LIST: st.lists(texts | numbers, max_size=3),
    FieldKind.JSON: st.just({"a": 1}),
}
junk = st.sampled_from([None, "", 7, "7", True, [], ["a"], {}, "not a date", "20270227"])


def attributes(kinds: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Most of the declared kind; some missing, some of another one."""
    values = {kind.value: OF_KIND[kind] | OF_KIND[kind] | junk for kind in kinds}
    return st.fixed_dictionaries({}, optional=values)


mails = st.lists(
    st.builds(
        Mail, st.integers(0, MAILINGS - 1), moments, st.none() | moments, st.none() | st.none() | moments
    ),
    max_size=MAILINGS,
    unique_by=lambda mail: mail.mailing,
)  # fmt: skip
deeds = st.builds(
    Deed,
    st.sampled_from(["ordered", "ordered", "viewed"]),
    moments,
    st.none() | numbers.map(lambda number: Decimal(repr(number))),
    attributes([FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DATE]),
)
standings = st.builds(
    Standing, st.sampled_from(SubscriptionState), st.none() | st.sampled_from(list(Basis)[:2]), st.none() | moments
)
people = st.builds(
    Person,
    first_name=texts | st.just(""),
    country=texts.map(lambda text: text[:2]) | st.just(""),
    attributes=attributes(OF_KIND),
    created_at=moments,
    tracks_opens=st.booleans(),
    standings=st.dictionaries(st.integers(0, LISTS - 1), standings),
    mails=mails,
    deeds=st.lists(deeds, max_size=4),
)


def test_strategy(kind: FieldKind, operators: Mapping[Op, Shape]) -> st.SearchStrategy[Test]:
    def with_value(op: Op) -> st.SearchStrategy[Test]:
        scalar = SCALARS.get(kind, st.none())
        values: Mapping[Shape, st.SearchStrategy[Any]] = {
            Shape.NOTHING: st.none(),
            Shape.ONE: scalar,
            Shape.SEVERAL: st.lists(scalar, min_size=1, max_size=3).map(tuple),
            Shape.RANGE: st.tuples(scalar, scalar),
            Shape.DAYS: spans,
        }
        return values[operators[op]].map(lambda value: Test(kind, op, value))

    return st.sampled_from(sorted(operators)).flatmap(with_value)


test_strategy.__test__ = False  # type: ignore[attr-defined]
comparisons = test_strategy(FieldKind.NUMBER, COMPARISONS)
field_rules = st.sampled_from(FIELDS).flatmap(
    lambda field: test_strategy(field.kind, OPERATORS[field.kind]).map(lambda test: FieldRule(field, test))
)
property_tests = st.sampled_from([FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DATE]).flatmap(
    lambda kind: test_strategy(kind, OPERATORS[kind]).map(lambda test: PropertyTest(kind.value, test))
)
windows = (
    st.just(Window()) | st.builds(Window, days=spans.filter(bool)) | st.builds(Window, since=days, until=st.none())
)
windows |= st.builds(Window, since=st.none() | st.just(date(2026, 1, 1)), until=days)


def rules(lists: list[int], segments: list[int]) -> st.SearchStrategy[Rule]:
    """Trees over these lists and segments."""
    some_list = st.none() | st.sampled_from(lists)
    leaf = st.one_of(
        field_rules,
        field_rules,
        field_rules,
        st.builds(ListRule, some_list, st.sampled_from(SubscriptionState)),
        st.builds(
            ConsentRule,
            st.just(Purpose.SUBSCRIPTION),
            some_list,
            st.sampled_from([(), (Basis.EXPRESS,), tuple(Basis)]),
            st.none() | spans.filter(bool),
        ),
        st.builds(ConsentRule, st.sampled_from([Purpose.OPEN_TRACKING, Purpose.CLICK_TRACKING])),
        st.builds(MailRule, st.sampled_from(Act), spans.filter(bool)),
        st.builds(LastMailsRule, st.sampled_from([Act.OPENED, Act.CLICKED]), st.integers(1, MAILINGS), comparisons),
        st.builds(
            ActivityRule,
            st.sampled_from(["ordered", "viewed"]),
            comparisons,
            st.none() | comparisons,
            windows,
            st.lists(property_tests, max_size=1).map(tuple),
        ),
        *([st.builds(SegmentRule, st.sampled_from(segments))] if segments else []),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
            inner.map(Not),
        ),
        max_leaves=6,
    )


@pytest.mark.django_db
def test_every_tree_finds_exactly_whom_plain_python_finds() -> None:
    OrganisationFactory.create(time_zone=BERLIN.key)
    for field in FIELDS:
        if field.custom_key:
            CustomField.objects.create(key=field.custom_key, label=field.label, kind=field.kind.value)
    lists = [MailingListFactory.create(slug=f"list-{number}") for number in range(LISTS)]
    segments = [Segment.objects.create(name=f"Segment {n}", rules={}).pk for n in range(SEGMENTS)]
    mailings = MailingFactory.create_batch(MAILINGS)
    ids = [each.pk for each in lists]
    inner, outer = rules(ids, []), rules(ids, segments)

    # Without shrinking, which takes minutes with a database behind it: the sentence of the tree says what went wrong.
    @settings(max_examples=40, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(
        st.lists(people, min_size=5, max_size=9),
        st.tuples(*[inner] * SEGMENTS),
        st.lists(outer, min_size=10, max_size=25),
    )
    def check(population: list[Person], inside: tuple[Rule, ...], trees: list[Rule]) -> None:
        with transaction.atomic():
            for key, rule in zip(segments, inside, strict=True):
                Segment.objects.filter(pk=key).update(rules=write_rules(rule))
            keys = settle(population, lists, mailings)
            world = World(NOW, BERLIN, dict(zip(segments, inside, strict=True)), {key: n for n, key in enumerate(ids)})
            for tree in trees:
                expected = {key for key, person in zip(keys, population, strict=True) if is_in(person, tree, world)}
                assert found(tree) == sorted(expected), sentence(tree, known())
                assert count_people(tree, now=NOW) == len(expected)
                check_reasons(tree, keys, population, world)
                assert parse_rules(write_rules(tree), known()) == tree
            transaction.set_rollback(True)

    check()


def found(tree: Rule) -> list[int]:
    sql, params = segment_sql(tree, NOW)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return sorted(row[0] for row in cursor.fetchall())


def check_reasons(tree: Rule, keys: list[int], population: list[Person], world: World) -> None:
    """Why each is in or not, condition by condition, asked of all of them at once."""
    by_key = dict(zip(keys, population, strict=True))
    members = explain_members(tree, keys, now=NOW)
    assert len(members) == len(keys)
    for member in members:
        person = by_key[member.id]
        assert member.is_in == is_in(person, tree, world), sentence(tree, known())
        for reason, leaf in zip(member.reasons, leaves(tree), strict=True):
            assert reason.holds == is_in(person, leaf, world), (reason.words, person)


def settle(population: list[Person], lists: list[MailingList], mailings: list[Mailing]) -> list[int]:
    """Everything of these people into the database; their ids."""
    contacts = [
        ContactFactory.build(
            first_name=person.first_name,
            country=person.country,
            attributes=person.attributes,
            tracks_opens=person.tracks_opens,
        )
        for person in population
    ]
    Contact.objects.bulk_create(contacts)
    for contact, person in zip(contacts, population, strict=True):
        contact.created_at = person.created_at
        subscribe(contact, person, lists)
    Contact.objects.bulk_update(contacts, ["created_at"])
    both = list(zip(contacts, population, strict=True))
    record_activities(
        actor=SENDWELL,
        activities=[
            NewActivity(contact.pk, deed.name, deed.at, deed.value, deed.properties)
            for contact, person in both
            for deed in person.deeds
        ],
    )
    append_events([event for contact, person in both for event in events_of(contact.pk, person, mailings)])
    refresh_engagement()
    return [contact.pk for contact in contacts]


def subscribe(contact: Contact, person: Person, lists: list[MailingList]) -> None:
    for number, standing in person.standings.items():
        on = {"contact": contact, "mailing_list": lists[number]}
        consent = ConsentRecordFactory.create(basis=standing.basis, **on) if standing.basis else None
        Subscription.objects.create(
            state=standing.state, consent=consent, consent_expires_at=standing.expires_at, changed_at=NOW, **on
        )


def events_of(contact_id: int, person: Person, mailings: list[Mailing]) -> list[NewEvent]:
    made = []
    for mail in person.mails:
        human = AgentKind.HUMAN
        told = (
            (EventKind.ACCEPTED, mail.sent_at, None),
            (EventKind.OPENED, mail.opened_at, human),
            (EventKind.CLICKED, mail.clicked_at, human),
            (EventKind.OPENED, mail.sent_at, AgentKind.PROXY),
            (EventKind.CLICKED, mail.sent_at, AgentKind.MACHINE),
        )
        key = mailings[mail.mailing].pk
        made += [NewEvent(at, kind, key, contact_id, "google", agent_kind=agent) for kind, at, agent in told if at]
    return made


def test_the_population_has_a_field_of_every_kind() -> None:
    """One without would be a hole in the proof."""
    assert {field.kind for field in FIELDS} == set(FieldKind)
