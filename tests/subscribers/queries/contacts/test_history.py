"""All strands of what happened with a person, together and one by one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.services.permission import SENDWELL
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from subscribers.models import Contact, ContactActivity
from subscribers.queries.contacts.history import ON_A_PAGE, Place, Strand, history_of
from subscribers.services.activities import record_activities
from subscribers.services.contacts import change_contact
from subscribers.services.merging import merge_contacts
from subscribers.services.rights import open_request
from subscribers.types import NewActivity, RequestKind
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def kim() -> Contact:
    """Somebody with one thing in each strand, some of it from a contact who was merged."""
    news = MailingListFactory.create(slug="news")
    contact, other = subscribed(news), subscribed(news)
    mailing = MailingFactory.create()
    append_events([NewEvent(NOON, EventKind.CLICKED, mailing.pk, other.pk, "google", agent_kind=AgentKind.HUMAN)])
    record_activities(actor=SENDWELL, activities=[NewActivity(other.pk, "ordered", NOON, Decimal("12.5"))])
    change_contact(actor=SENDWELL, contact_id=other.pk, values={"first_name": "Kim"}, custom={})
    merge_contacts(keep_id=contact.pk, merge_id=other.pk, actor=SENDWELL)
    open_request(contact_id=contact.pk, kind=RequestKind.EXPORT, source="By mail", actor=SENDWELL)
    return contact


def names(contact: Contact, strand: Strand | None = None) -> list[str]:
    return sorted(type(moment.what).__name__ for moment in history_of(contact.pk, strand=strand).moments)


def test_every_strand_is_there_under_all_ids(kim: Contact) -> None:
    assert names(kim, Strand.MAIL) == ["RecipientEvent"]
    assert names(kim, Strand.CONSENT) == ["ConsentRecord", "ConsentRecord"]
    assert names(kim, Strand.ACTIVITY) == ["ContactActivity"]
    assert names(kim, Strand.TEAM) == ["ContactChange", "ContactMerge", "PrivacyRequest"]
    assert len(names(kim)) == 7


def test_thousands_of_things_cost_no_more_queries(
    kim: Contact, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ContactActivity.objects.bulk_create(
        ContactActivity(contact=kim, name="viewed", occurred_at=NOON - timedelta(minutes=number // 3))
        for number in range(3_000)
    )
    with django_assert_max_num_queries(9):
        page = history_of(kim.pk)
    seen = {str(moment.place) for moment in page.moments}
    assert len(seen) == ON_A_PAGE
    assert page.older is not None
    second = history_of(kim.pk, below=Place.read(str(page.older)))
    assert len(seen | {str(moment.place) for moment in second.moments}) == 2 * ON_A_PAGE
