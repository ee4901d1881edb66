"""Segments that are kept: who may, what is refused, and how their sizes come together."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL
from accounts.types import Role
from subscribers.errors import RulesRefused, SegmentGone, SegmentRefused, TookTooLong
from subscribers.models import Contact, CustomField, MailHistory, Segment, SegmentSize
from subscribers.queries.segments import (
    compare,
    explain_members,
    known,
    plan_of,
    sample,
    segment_list,
    segment_rule,
    size_history,
)
from subscribers.queries.segments.asking import room
from subscribers.rules.segments import parse_rules
from subscribers.services.activities import record_activities
from subscribers.services.segments import (
    change_segment,
    create_segment,
    delete_segment,
    forget_snapshots,
    take_snapshot,
    take_snapshots,
    uses,
)
from subscribers.types import NewActivity, SegmentUse
from tests.factories.accounts import UserFactory
from tests.factories.subscribers import ContactFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db

EVERYBODY: dict[str, Any] = {"type": "all", "rules": []}


def named(name: str) -> dict[str, Any]:
    return {"type": "field", "field": "first_name", "op": "is", "value": name}


def inside(segment: Segment) -> dict[str, Any]:
    return {"type": "segment", "segment": segment.pk}


def make(name: str, rules: object) -> Segment:
    return create_segment(actor=SENDWELL, name=name, rules=rules)


def test_only_who_may_edit_contacts_keeps_segments() -> None:
    analyst = UserFactory.create(role=Role.ANALYST)
    made = create_segment(actor=UserFactory.create(role=Role.MARKETER), name="All", rules=EVERYBODY)
    with pytest.raises(PermissionRefused):
        create_segment(actor=analyst, name="Mine", rules=EVERYBODY)
    with pytest.raises(PermissionRefused):
        change_segment(actor=analyst, segment_id=made.pk, name="Mine", rules=EVERYBODY)
    with pytest.raises(PermissionRefused):
        delete_segment(actor=analyst, segment_id=made.pk)
    assert take_snapshot(actor=analyst, segment_id=made.pk).people == 0
    assert [each.name for each in Segment.objects.all()] == ["All"]


def test_a_name_is_needed_and_stands_for_one_segment() -> None:
    make("Friends", EVERYBODY)
    for name in (" ", "FRIENDS"):
        with pytest.raises(SegmentRefused):
            make(name, EVERYBODY)


def test_rules_that_cannot_be_read_are_not_kept() -> None:
    made = make("Friends", named("Ann"))
    with pytest.raises(RulesRefused) as refused:
        change_segment(actor=SENDWELL, segment_id=made.pk, name="Friends", rules={"type": "all", "rules": [{}]})
    assert refused.value.place == "rules[0].type"
    made.refresh_from_db()
    assert made.rules == named("Ann")


def test_a_segment_that_would_contain_itself_is_refused() -> None:
    first = make("First", EVERYBODY)
    second = make("Second", {"type": "not", "rule": inside(first)})
    for around in (first, second):
        with pytest.raises(RulesRefused, match="contain itself"):
            change_segment(actor=SENDWELL, segment_id=first.pk, name="First", rules=inside(around))


def test_a_segment_that_another_needs_stays() -> None:
    first = make("First", EVERYBODY)
    second = make("Second", inside(first))
    with pytest.raises(SegmentRefused, match="“Second” needs this segment"):
        delete_segment(actor=SENDWELL, segment_id=first.pk)
    delete_segment(actor=SENDWELL, segment_id=second.pk)
    delete_segment(actor=SENDWELL, segment_id=first.pk)
    with pytest.raises(SegmentGone):
        delete_segment(actor=SENDWELL, segment_id=first.pk)


def test_sizes_are_kept_over_time_and_shown_without_counting() -> None:
    made = make("Anns", named("ann"))
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        assert take_snapshots(actor=SENDWELL) == 1
    ContactFactory.create(first_name="Ann")
    [row] = segment_list()
    assert (row.people, row.sentence) == (0, "People whose first name is “ann”.")
    take_snapshot(actor=SENDWELL, segment_id=made.pk)
    assert [size.people for size in size_history(made.pk)] == [0, 1]
    assert segment_list()[0].people == 1


def test_a_segment_whose_list_has_gone_says_so_and_holds_up_no_other() -> None:
    gone = MailingListFactory.create()
    broken = make("Broken", {"type": "list", "list": gone.pk, "state": "subscribed"})
    needing = make("Needing", {"type": "any", "rules": [inside(broken), EVERYBODY | {"rules": [named("Ann")]}]})
    make("Whole", EVERYBODY)
    gone.delete()
    assert take_snapshots(actor=SENDWELL) == 1
    assert [bool(row.problem) for row in segment_list()] == [True, False, False]
    with pytest.raises(RulesRefused, match="“Broken”, which this one needs"):
        take_snapshot(actor=SENDWELL, segment_id=needing.pk)


def test_people_are_shown_with_the_conditions_that_they_meet() -> None:
    CustomField.objects.create(key="city", label="City")
    news = MailingListFactory.create()
    ann = subscribed(news, first_name="Ann", attributes={"city": "Bonn"})
    ContactFactory.create(first_name="Bob", attributes={"city": "Kiel"})
    city = {"type": "field", "field": "custom.city", "op": "is", "value": "bonn"}
    on_list = {"type": "list", "list": news.pk, "state": "subscribed"}
    made = make("Mixed", {"type": "any", "rules": [city, {"type": "all", "rules": [on_list, named("Eve")]}]})
    rule = segment_rule(made.pk, known())
    [member] = sample(rule)
    assert (member.id, member.email, member.is_in) == (ann.pk, ann.email, True)
    assert [(reason.words, reason.holds) for reason in member.reasons] == [
        ("whose City is “bonn”", True),
        ("who are subscribed to “News”", True),
        ("whose first name is “Eve”", False),
    ]
    everybody = list(Contact.objects.values_list("pk", flat=True))
    assert [each.is_in for each in explain_members(rule, everybody)] == [False, True]


def test_two_segments_are_compared_in_one_look() -> None:
    for name, country in (("Ann", "DE"), ("Ann", "AT"), ("Bob", "DE")):
        ContactFactory.create(first_name=name, country=country)
    german = make("German", {"type": "field", "field": "country", "op": "is", "value": "DE"})
    anns = make("Anns", named("Ann"))
    names = known()
    regions = compare([segment_rule(german.pk, names), segment_rule(anns.pk, names)])
    assert {region.inside: region.people for region in regions} == {
        (True, False): 1,
        (False, True): 1,
        (True, True): 1,
    }


def test_what_people_type_is_never_part_of_the_sql() -> None:
    evil = "'); DROP TABLE subscribers_contact; -- %s {}"
    ContactFactory.create(first_name=evil)
    made = make(evil, named(evil))
    rule = segment_rule(made.pk, known())
    assert len(sample(rule)) == 1
    assert "Aggregate" in plan_of(rule, analyze=True)


def test_old_sizes_are_thinned_out_to_one_a_month() -> None:
    made = make("Anns", named("ann"))
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    days = (0, 399, 401, 402, 420, 450)
    SegmentSize.objects.bulk_create(
        SegmentSize(segment=made, taken_at=now - timedelta(days=day), people=day, rules={}) for day in reversed(days)
    )
    with time_machine.travel(now, tick=False):
        assert forget_snapshots() == 1
    # 401 and 402 days ago are both in October 2025, 420 and 450 in September and August.
    assert [size.people for size in size_history(made.pk)] == [450, 420, 402, 399, 0]


def test_a_count_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(TookTooLong), room(0.05) as cursor:
        cursor.execute("SELECT pg_sleep(20)")


def test_apps_above_say_what_they_use(monkeypatch: pytest.MonkeyPatch) -> None:
    made = make("Anns", named("ann"))
    monkeypatch.setattr(uses, "_finders", [lambda keys: {key: [SegmentUse("Winter", "campaign", 5)] for key in keys}])
    with pytest.raises(SegmentRefused, match="“Winter” needs this segment"):
        delete_segment(actor=SENDWELL, segment_id=made.pk)


def test_people_are_shown_with_what_was_found_of_them() -> None:
    ann = ContactFactory.create(first_name="Ann")
    MailHistory.objects.create(
        contact=ann, opened_at=datetime(2026, 11, 3, 12, tzinfo=UTC), opened=0b101, sent_count=7, mailings=[1, 2, 3]
    )
    moments = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC))
    record_activities(
        actor=SENDWELL,
        activities=[
            NewActivity(ann.pk, "ordered", moment, Decimal("20.50"), {"coffee": "Huila"}) for moment in moments
        ],
    )
    rules = {
        "type": "any",
        "rules": [
            {"type": "mail", "act": "opened", "days": 90},
            {"type": "last_mails", "act": "opened", "campaigns": 3, "op": "at_least", "value": 1},
            {"type": "activity", "name": "ordered"},
            {
                "type": "activity",
                "name": "ordered",
                "where": [{"key": "coffee", "kind": "text", "op": "is", "value": "x"}],
            },
        ],
    }
    [member] = explain_members(parse_rules(rules, known()), [ann.pk])
    assert [reason.value for reason in member.reasons] == ["2026-11-03", "2 of 3", "2 ×, 41", "0 ×"]
