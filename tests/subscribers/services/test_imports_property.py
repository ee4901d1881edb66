"""No sequence of imports brings back somebody who left."""

from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.models import Contact, MailingList, Subscription
from subscribers.services.imports import ImportOrder, import_contacts
from subscribers.services.subscriptions import request_subscription, unsubscribe, unsubscribe_all
from subscribers.types import Origin, SubscriptionState
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory

PEOPLE = ["anna@example.com", "bert@gmail.com", "zoe@bücher.de"]
SPELLINGS = {name: [name, name.upper(), name.replace("bücher", "xn--bcher-kva")] for name in PEOPLE}
LISTS = ["news", "offers"]
PERSON = Origin(source="test", actor="the person")

people, lists = st.sampled_from(PEOPLE), st.sampled_from(LISTS)
rows = st.lists(st.tuples(people, st.integers(0, 2), st.sampled_from(["", "no", "yes"])), min_size=1, max_size=4)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("import"), lists, rows),
        st.tuples(st.just("leave"), lists, people),
        st.tuples(st.just("leave all"), lists, people),
        st.tuples(st.just("bounce"), lists, people),
        st.tuples(st.just("stranger signs up"), lists, people),
    ),
    min_size=2,
    max_size=7,
)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_no_sequence_of_imports_resubscribes_someone_who_left(steps: list, tmp_path: Path) -> None:
    with transaction.atomic():
        live(steps, tmp_path / "people.csv")
        transaction.set_rollback(True)


def live(steps: list, path: Path) -> None:
    wording = ConsentWordingFactory.create()
    topics = {slug: MailingListFactory.create(slug=slug) for slug in LISTS}
    left: set[tuple[str, str]] = set()
    for action, slug, subject in steps:
        topic = topics[slug]
        if action == "import":
            bring_in(path, slug, subject)
            left |= {(slug, person) for person, _, opted_out in subject if opted_out == "yes"}
        elif action == "bounce":
            suppress(addresses=[subject], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
            left |= {(each, subject) for each in LISTS if not is_subscribed(each, subject)}
        elif action == "stranger signs up":
            request_subscription(email=subject, mailing_list_ids=[topic.pk], wording_id=wording.pk, origin=PERSON)
        else:
            left |= depart(action, topic, subject)
        assert not {(slug, person) for slug, person in left if is_subscribed(slug, person)}


def bring_in(path: Path, slug: str, table: list[tuple[str, int, str]]) -> None:
    lines = [f"{SPELLINGS[person][spelling]},{opted_out}" for person, spelling, opted_out in table]
    path.write_text("\n".join(["Email,Unsubscribed", *lines]))
    import_contacts(order=ImportOrder(path=path, list_slug=slug, consent_source="Paper form in Lyon", actor="alice"))


def depart(action: str, topic: MailingList, person: str) -> set[tuple[str, str]]:
    contact = contacts(person).first()
    if contact is None:
        return set()
    if action == "leave all":
        unsubscribe_all(contact_id=contact.pk, origin=PERSON)
        return {(slug, person) for slug in LISTS}
    was_there = unsubscribe(contact_id=contact.pk, mailing_list_id=topic.pk, origin=PERSON)
    return {(topic.slug, person)} if was_there else set()


def contacts(person: str):
    return Contact.objects.filter(email__in=[spelling.lower() for spelling in SPELLINGS[person]])


def is_subscribed(slug: str, person: str) -> bool:
    return Subscription.objects.filter(
        contact__in=contacts(person), mailing_list__slug=slug, state=SubscriptionState.SUBSCRIBED
    ).exists()
