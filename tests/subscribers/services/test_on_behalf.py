"""What the team does in a person's name: the ledger says who did it, and nobody else is touched."""

import pytest

from accounts.errors import PermissionRefused
from deliverability.errors import SuppressionRefused
from deliverability.models import Suppression
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import ConsentRecord, Subscription
from subscribers.services.on_behalf import lift_suppression_of, pause_for, suppress_contact, unsubscribe_for
from subscribers.types import SubscriptionState
from tests.factories.accounts import UserFactory
from tests.factories.subscribers import MailingListFactory, grant, subscribed

pytestmark = pytest.mark.django_db


def test_leaving_one_list_keeps_the_others_and_names_the_member() -> None:
    member = UserFactory.create(role="marketer")
    news, offers = MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")
    person = subscribed(news)
    grant(person, offers)
    assert unsubscribe_for(actor=member, contact_id=person.pk, mailing_list_id=news.pk)
    states = dict(Subscription.objects.filter(contact=person).values_list("mailing_list__slug", "state"))
    assert states == {"news": SubscriptionState.UNSUBSCRIBED, "offers": SubscriptionState.SUBSCRIBED}
    assert ConsentRecord.objects.filter(contact=person).latest("pk").actor == str(member)
    assert not Suppression.objects.exists()


def test_a_suppression_by_hand_keeps_its_reason_and_can_be_lifted_with_one() -> None:
    member, person = UserFactory.create(role="marketer"), subscribed()
    suppress_contact(actor=member, contact_id=person.pk, scope=Scope.EVERYTHING, why="Asked on the phone")
    held = Suppression.objects.get()
    assert (held.evidence, held.added_by) == ("Asked on the phone", str(member))
    with pytest.raises(SuppressionRefused, match="why"):
        lift_suppression_of(actor=member, contact_id=person.pk, suppression_id=held.pk, why=" ")
    lift_suppression_of(actor=member, contact_id=person.pk, suppression_id=held.pk, why="Called again")
    assert Suppression.objects.get().lifted_why == "Called again"


@pytest.mark.parametrize("reason", [SuppressionReason.UNSUBSCRIBE, SuppressionReason.ERASURE])
def test_what_a_person_decided_is_not_the_teams_to_lift(reason: SuppressionReason) -> None:
    person = subscribed()
    suppress(addresses=[person.email], scope=Scope.MARKETING, reason=reason)
    with pytest.raises(SuppressionRefused):
        lift_suppression_of(
            actor=UserFactory.create(role="owner"),
            contact_id=person.pk,
            suppression_id=Suppression.objects.get().pk,
            why="We miss them",
        )
    assert Suppression.objects.get(reason=reason).lifted_at is None


def test_one_persons_page_lifts_nothing_of_another() -> None:
    member = UserFactory.create(role="owner")
    alice, bob = subscribed(email="alice@huila.example"), subscribed(email="bob@huila.example")
    suppress_contact(actor=member, contact_id=bob.pk, scope=Scope.MARKETING, why="Asked")
    with pytest.raises(SuppressionRefused):
        lift_suppression_of(
            actor=member, contact_id=alice.pk, suppression_id=Suppression.objects.get().pk, why="Wrong form"
        )
    assert Suppression.objects.exists()


def test_who_only_looks_changes_nobody() -> None:
    analyst, person = UserFactory.create(role="analyst"), subscribed()
    with pytest.raises(PermissionRefused):
        pause_for(actor=analyst, contact_id=person.pk)
    with pytest.raises(PermissionRefused):
        suppress_contact(actor=analyst, contact_id=person.pk, scope=Scope.MARKETING, why="Curious")
    person.refresh_from_db()
    assert person.paused_until is None
    assert not Suppression.objects.exists()
