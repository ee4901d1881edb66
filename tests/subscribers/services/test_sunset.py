"""Whom the sunset policy asks to hear less, what wins them back, and what brings them back at once."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from accounts.errors import PermissionRefused
from accounts.types import Role
from deliverability.models import Mailing, Suppression
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent, Scope, SuppressionReason
from subscribers.errors import SunsetRefused
from subscribers.models import ActivityTotal, Contact, MailHistory, MailingList, Subscription, SunsetStanding
from subscribers.queries.audience.selection import audience_counts
from subscribers.queries.sunset.effect import people_of, standing_counts, would_concern
from subscribers.queries.sunset.policy import sunset_policy
from subscribers.rules.sunset import PACES, SHIPPED, Pace, Policy, Step
from subscribers.services.engagement import refresh_engagement
from subscribers.services.subscriptions import subscribe
from subscribers.services.sunset import change_policy, follow_people, judge_people
from subscribers.services.sunset.turns import take_turn
from subscribers.types import Audience, Basis, ExclusionReason, Origin
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, subscribed

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PERSON = Origin(source="A test", actor="the person")


@pytest.fixture(autouse=True)
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def daily() -> MailingList:
    return MailingListFactory.create(slug="daily")


def policy(mailing_list: MailingList, *, is_on: bool = True) -> Policy:
    return replace(SHIPPED, is_on=is_on, lists={mailing_list.pk: "daily"})


def switch(policy: Policy) -> None:
    change_policy(actor=UserFactory.create(role=Role.OWNER), policy=policy)


def mailings(count: int, *, days_ago: int) -> list[Mailing]:
    made = MailingFactory.create_batch(count)
    Mailing.objects.filter(pk__in=[each.pk for each in made]).update(created_at=NOON - days_ago * DAY)
    return made


def silent(mailing_list: MailingList, *, days: int, mails: int = 12, clicked: bool = True, **fields: object) -> Contact:
    """Somebody whose last click is so many days ago, and who had so many mails since."""
    with time_machine.travel(NOON - (days + 30) * DAY, tick=False):
        contact = subscribed(mailing_list, **{"tracks_clicks": True} | fields)
    last_act = NOON - days * DAY if clicked else None
    Contact.objects.filter(pk=contact.pk).update(engaged_at=last_act)
    MailHistory.objects.create(
        contact=contact,
        sent_at=NOON - DAY,
        clicked_at=last_act,
        sent_count=mails,
        mailings=[mailing.pk for mailing in mailings(mails, days_ago=1)],
    )
    return contact


def step_of(contact: Contact) -> str | None:
    return SunsetStanding.objects.filter(contact=contact).values_list("step", flat=True).first()


def mail_again(contact: Contact, count: int) -> None:
    """So many more mails are accepted now."""
    events = [
        NewEvent(NOON, EventKind.ACCEPTED, mailing.pk, contact.pk, "google") for mailing in mailings(count, days_ago=0)
    ]
    append_events(events)
    refresh_engagement()


@pytest.mark.parametrize(
    ("days", "step"), [(59, None), (60, Step.REDUCE), (89, Step.REDUCE), (90, Step.WIN_BACK), (400, Step.WIN_BACK)]
)
def test_each_step_begins_on_its_day(daily: MailingList, days: int, step: Step | None) -> None:
    alice = silent(daily, days=days)
    switch(policy(daily))
    assert step_of(alice) == step


def test_a_list_that_writes_seldom_is_patient_for_longer(daily: MailingList) -> None:
    alice = silent(daily, days=100)
    switch(replace(SHIPPED, is_on=True, lists={daily.pk: "monthly"}))
    assert step_of(alice) is None
    switch(replace(SHIPPED, is_on=True, lists={daily.pk: "never"}))
    assert step_of(alice) is None
    switch(replace(SHIPPED, is_on=True, lists={daily.pk: "weekly"}))
    assert step_of(alice) == Step.REDUCE


def test_nine_mails_prove_nothing(daily: MailingList) -> None:
    alice, bob = silent(daily, days=300, mails=9), silent(daily, days=300, mails=10)
    switch(policy(daily))
    assert (step_of(alice), step_of(bob)) == (None, Step.WIN_BACK)


def test_mails_before_the_last_sign_of_life_do_not_count(daily: MailingList) -> None:
    alice = silent(daily, days=100)
    old = mailings(8, days_ago=110)
    history = MailHistory.objects.get(contact=alice)
    history.mailings = history.mailings[:9] + [mailing.pk for mailing in old]
    history.save()
    switch(policy(daily))
    assert step_of(alice) is None


def test_whoever_never_reacted_is_asked_after_a_month(daily: MailingList) -> None:
    alice, bob = silent(daily, days=0, clicked=False), silent(daily, days=-1, clicked=False)
    assert would_concern(policy(daily)) == {daily.pk: {Step.WIN_BACK: 1}}
    switch(policy(daily))
    assert (step_of(alice), step_of(bob)) == (Step.WIN_BACK, None)


def test_nobody_is_judged_whose_clicks_may_not_be_seen(daily: MailingList) -> None:
    alice = silent(daily, days=300, tracks_clicks=False)
    bob = silent(daily, days=300, tracks_clicks=False, tracks_opens=True)
    switch(policy(daily))
    assert (step_of(alice), step_of(bob)) == (None, None)


def test_buyers_of_the_last_90_days_are_left_alone(daily: MailingList) -> None:
    alice, bob = silent(daily, days=300), silent(daily, days=300)
    for contact, days in ((alice, 89), (bob, 91)):
        ActivityTotal.objects.create(contact=contact, name="ordered", times=1, total=10, last_at=NOON - days * DAY)
    switch(policy(daily))
    assert (step_of(alice), step_of(bob)) == (None, Step.WIN_BACK)


def test_while_it_only_advises_nothing_follows(daily: MailingList) -> None:
    alice = silent(daily, days=200)
    switch(policy(daily, is_on=False))
    mail_again(alice, 3)
    judge_people()
    assert standing_counts() == {daily.pk: {Step.SUPPRESS: 1}}
    assert SunsetStanding.objects.get().rests_until is None
    assert not Suppression.objects.exists()
    switch(policy(daily))
    # Mails that never asked them do not count: they are asked first.
    assert step_of(alice) == Step.WIN_BACK


def test_shipped_it_only_advises(daily: MailingList) -> None:
    silent(daily, days=200)
    judge_people()
    assert sunset_policy() == SHIPPED
    assert not SHIPPED.is_on
    assert standing_counts() == {daily.pk: {Step.WIN_BACK: 1}}


def test_whoever_hears_less_rests_between_two_mails(daily: MailingList) -> None:
    alice = silent(daily, days=70)
    switch(policy(daily))
    assert SunsetStanding.objects.get().rests_until == NOON - DAY + 7 * DAY
    mail_again(alice, 1)
    follow_people()
    assert SunsetStanding.objects.get().rests_until == NOON + 7 * DAY


def test_campaigns_leave_out_whoever_rests_and_say_so(daily: MailingList, noon: time_machine.Traveller) -> None:
    silent(daily, days=70)
    switch(policy(daily))
    audience = Audience(lists=(daily.pk,))
    assert audience_counts(audience).excluded == {ExclusionReason.RESTING: 1}
    assert audience_counts(replace(audience, is_exempt=True)).included == 1
    noon.shift(7 * DAY)
    assert audience_counts(audience).included == 1


def test_nobody_is_suppressed_who_was_not_asked_twice(daily: MailingList) -> None:
    alice, bob = silent(daily, days=200), silent(daily, days=200)
    switch(policy(daily))
    mail_again(alice, 1)
    mail_again(bob, 2)
    judge_people(now=NOON + DAY)
    assert (step_of(alice), step_of(bob)) == (Step.WIN_BACK, Step.SUPPRESS)
    held = Suppression.objects.get()
    assert (held.scope, held.target, held.reason) == (Scope.TOPIC, daily.pk, SuppressionReason.SUNSET)
    assert held.address == bob.email
    assert held.evidence.startswith("No click or human open in 201 days and 14 mails")
    assert Contact.objects.count() == 2
    assert Subscription.objects.filter(state="subscribed").count() == 2


def suppressed(daily: MailingList) -> Contact:
    alice = silent(daily, days=200)
    switch(policy(daily))
    mail_again(alice, 2)
    judge_people()
    assert step_of(alice) == Step.SUPPRESS
    return alice


def test_a_human_click_brings_them_back_and_a_machine_does_not(daily: MailingList) -> None:
    alice = suppressed(daily)
    mailing = MailingFactory.create()
    for agent, is_back in ((AgentKind.MACHINE, False), (AgentKind.PROXY, False), (AgentKind.HUMAN, True)):
        kind = EventKind.OPENED if agent == AgentKind.PROXY else EventKind.CLICKED
        append_events([NewEvent(NOON, kind, mailing.pk, alice.pk, "google", agent_kind=agent)])
        refresh_engagement()
        assert follow_people() == int(is_back)
    held = Suppression.objects.get()
    assert (held.lifted_at, held.lifted_by) == (NOON, "The sunset policy")
    assert step_of(alice) is None
    assert judge_people() == 0


def test_signing_up_again_brings_them_back_at_once(daily: MailingList, noon: time_machine.Traveller) -> None:
    alice = suppressed(daily)
    Subscription.objects.filter(contact=alice).update(state="pending", consent=None)
    noon.shift(60)
    subscribe(
        contact_id=alice.pk,
        mailing_list_id=daily.pk,
        basis=Basis.EXPRESS,
        wording_id=ConsentWordingFactory.create().pk,
        origin=PERSON,
    )
    assert audience_counts(Audience(lists=(daily.pk,))).included == 1
    assert judge_people() == 0


def test_only_its_own_suppression_is_lifted(daily: MailingList) -> None:
    alice = suppressed(daily)
    other = Suppression.objects.create(
        address_key=alice.address_key, address=alice.email, scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT
    )
    judge_people()
    assert step_of(alice) is None
    assert Suppression.objects.get(lifted_at=None) == other


def test_switched_off_it_lets_everybody_go(daily: MailingList) -> None:
    suppressed(daily)
    switch(policy(daily, is_on=False))
    assert Suppression.objects.get().lifted_why == "The policy was switched off."
    assert not SunsetStanding.objects.exclude(rests_until=None).exists()


def test_a_suppression_that_a_colleague_lifted_stays_lifted(daily: MailingList) -> None:
    suppressed(daily)
    Suppression.objects.update(lifted_at=NOON, lifted_by="kim@huila.example")
    judge_people(now=NOON + DAY)
    assert not Suppression.objects.filter(lifted_at=None).exists()


def test_a_policy_whose_steps_do_not_follow_each_other_is_refused(daily: MailingList) -> None:
    wrong = replace(SHIPPED, paces=PACES | {"daily": Pace(90, 90, 120, gap_days=7)})
    with pytest.raises(SunsetRefused, match="daily lists each step must begin later"):
        switch(wrong)
    with pytest.raises(PermissionRefused):
        change_policy(actor=UserFactory.create(role=Role.ANALYST), policy=SHIPPED)


def test_people_of_a_step_come_in_pages(daily: MailingList) -> None:
    people = [silent(daily, days=200) for _ in range(3)]
    switch(policy(daily))
    first = people_of(mailing_list_id=daily.pk, step=Step.WIN_BACK, most=2)
    rest = people_of(mailing_list_id=daily.pk, step=Step.WIN_BACK, after=first[-1].contact_id, most=2)
    assert [each.email for each in first + rest] == [each.email for each in people]
    assert {(each.mails, each.quiet_since) for each in first} == {(12, NOON - 200 * DAY)}


@pytest.mark.django_db(transaction=True)
def test_who_switches_off_waits_for_the_night_run_and_lifts_what_it_has_just_held(daily: MailingList) -> None:
    alice = silent(daily, days=200)
    switch(policy(daily))
    mail_again(alice, 2)
    off = threading.Thread(target=_switch_off, args=[daily])
    with transaction.atomic():
        take_turn()
        off.start()
        _wait_for_somebody_who_waits()
        judge_people()
        assert step_of(alice) == Step.SUPPRESS
    off.join(20)
    assert Suppression.objects.get().lifted_why == "The policy was switched off."


def _switch_off(daily: MailingList) -> None:
    try:
        switch(policy(daily, is_on=False))
    finally:
        connection.close()


def _wait_for_somebody_who_waits() -> None:
    for _ in range(1_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")
