"""Somebody restricted is neither mailed nor changed nor profiled, and may leave all the same."""

from pathlib import Path

import pytest
from django.utils import timezone

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL
from accounts.types import Role
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent, SkipReason
from subscribers.errors import ContactRestricted
from subscribers.models import Contact, ContactActivity, MailHistory, MailingList
from subscribers.queries.audience.recipients import load_recipients
from subscribers.queries.audience.selection import audience_counts
from subscribers.services.activities import record_activities
from subscribers.services.contacts import add_contact, change_contact
from subscribers.services.engagement import refresh_engagement
from subscribers.services.imports import ImportOrder, import_contacts
from subscribers.services.rights import end_restriction, object_to_marketing, restrict
from subscribers.types import Audience, Basis, ExclusionReason, NewActivity
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def news() -> MailingList:
    return MailingListFactory.create()


@pytest.fixture
def frozen(news: MailingList) -> Contact:
    contact = subscribed(news, first_name="Ada")
    restrict(contact_id=contact.pk, actor=SENDWELL)
    return contact


def why_not(contact: Contact, news: MailingList) -> SkipReason | None:
    return load_recipients(contact_ids=[contact.pk], lists=[news.pk])[contact.pk].why_not


def test_they_get_no_mail_until_it_ends(frozen: Contact, news: MailingList) -> None:
    assert audience_counts(Audience(lists=(news.pk,))).excluded == {ExclusionReason.RESTRICTED: 1}
    assert why_not(frozen, news) == SkipReason.RESTRICTED
    end_restriction(contact_id=frozen.pk, actor=SENDWELL)
    assert why_not(frozen, news) is None


def test_nobody_changes_them(frozen: Contact, news: MailingList) -> None:
    with pytest.raises(ContactRestricted):
        change_contact(actor=SENDWELL, contact_id=frozen.pk, values={"first_name": "Bob"}, custom={})
    with pytest.raises(ContactRestricted):
        add_contact(
            actor=SENDWELL,
            email=frozen.email,
            mailing_list_id=MailingListFactory.create(slug="other").pk,
            basis=Basis.EXPRESS,
            consent_source="They said so at our stand",
        )
    frozen.refresh_from_db()
    assert frozen.first_name == "Ada"


def test_an_import_leaves_them_as_they_are(frozen: Contact, tmp_path: Path) -> None:
    MailingListFactory.create(slug="other")
    path = tmp_path / "people.csv"
    path.write_text(f"email,first_name\n{frozen.email},Bob\n", encoding="utf-8")
    order = ImportOrder(
        path=path,
        list_slug="other",
        consent_source="Paper form, fair in Lyon",
        actor="alice",
        rejects_path=tmp_path / "rejects.csv",
    )
    import_contacts(order=order)
    frozen.refresh_from_db()
    assert (frozen.first_name, frozen.subscriptions.count()) == ("Ada", 1)
    [kept_out] = tmp_path.glob("*kept-out.csv")
    assert "nothing with their data" in kept_out.read_text(encoding="utf-8")


def test_nothing_is_concluded_about_them(frozen: Contact) -> None:
    event = NewEvent(
        occurred_at=timezone.now(),
        kind=EventKind.CLICKED,
        mailing_id=MailingFactory.create().pk,
        recipient_id=frozen.pk,
        mailbox_provider="google",
        agent_kind=AgentKind.HUMAN,
    )
    append_events([event])
    refresh_engagement()
    record_activities(actor=SENDWELL, activities=[NewActivity(frozen.pk, "ordered", timezone.now())])
    frozen.refresh_from_db()
    assert frozen.engaged_at is None
    assert not MailHistory.objects.exists()
    assert not ContactActivity.objects.exists()


def test_they_may_leave_all_the_same(frozen: Contact, news: MailingList) -> None:
    object_to_marketing(contact_id=frozen.pk, actor=SENDWELL, source="A call")
    assert why_not(frozen, news) == SkipReason.NOT_SUBSCRIBED


def test_a_marketer_may_not_end_it(frozen: Contact) -> None:
    with pytest.raises(PermissionRefused):
        end_restriction(contact_id=frozen.pk, actor=UserFactory.create(role=Role.MARKETER))
