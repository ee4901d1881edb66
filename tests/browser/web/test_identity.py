"""One person under several addresses, custom fields and the lifecycle, as a marketer works with them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.services.permission import SENDWELL
from deliverability.services.events import append_events
from deliverability.types import AgentKind, EventKind, NewEvent
from subscribers.models import Contact, ContactIdentifier, ContactScore, CustomField
from subscribers.services.activities import record_activities
from subscribers.services.contacts import change_contact
from subscribers.services.duplicates import look_for_duplicates
from subscribers.services.merging import merge_contacts
from subscribers.services.scoring import score_contacts
from subscribers.services.subscriptions import unsubscribe
from subscribers.types import NewActivity, Origin
from tests.browser.looks import every_look
from tests.browser.web.conftest import Visit, scrolls_sideways, small_targets, violations
from tests.factories.accounts import OrganisationFactory
from tests.factories.campaigns import CampaignFactory
from tests.factories.deliverability import MailingFactory
from tests.factories.subscribers import MailingListFactory, subscribed

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def kim() -> Contact:
    """Somebody who did much, was merged once, and may be the same as one more contact, who left."""
    OrganisationFactory.create()
    news = MailingListFactory.create(slug="news", name="The monthly roast")
    CustomField.objects.create(key="size", label="T-shirt", kind="choice", options=["S", "M"], retired_options=["XS"])
    CustomField.objects.create(key="likes", label="Favourite coffees", kind="list")
    kim = subscribed(news, email="kim.ruiz@gmail.com", first_name="Kim", last_name="Ruiz", attributes={"size": "S"})
    old = subscribed(news, email="kim@old-address.example", first_name="Kim")
    twin = subscribed(
        news,
        email="kimruiz+every.coffee.shop.in.the.whole.wide.world@gmail.com",
        first_name="Kimberley",
        attributes={"size": "M"},
    )
    unsubscribe(contact_id=twin.pk, mailing_list_id=news.pk, origin=Origin(source="By mail", actor="them"))
    ContactIdentifier.objects.create(contact=old, source="shop", external_id="C-10482")
    did_much(kim)
    change_contact(actor=SENDWELL, contact_id=kim.pk, values={"country": "CO"}, custom={"likes": "Huila; Nariño"})
    merge_contacts(keep_id=kim.pk, merge_id=old.pk, actor=SENDWELL)
    look_for_duplicates()
    score_contacts()
    return kim


def did_much(kim: Contact) -> None:
    campaign = CampaignFactory.create(name="Winter coffees")
    mailing = MailingFactory.create(composer="campaign", reference=str(campaign.pk), links=["https://huila.example"])
    now, whom, human = timezone.now(), (mailing.pk, kim.pk, "google"), AgentKind.HUMAN
    append_events(
        [
            NewEvent(now - timedelta(days=2), EventKind.ACCEPTED, *whom, code=250, detail="2.0.0 queued"),
            NewEvent(now - timedelta(days=2), EventKind.CLICKED, *whom, link=0, agent_kind=human),
            NewEvent(now - timedelta(days=40), EventKind.OPENED, *whom, agent_kind=human),
        ]
    )
    order = NewActivity(kim.pk, "ordered", now - timedelta(days=9), 48, {"coffee": "Huila", "bags": 2})
    record_activities(actor=SENDWELL, activities=[order])


@every_look
def test_screens_are_accessible_and_fit(visit: Visit, kim: Contact, width: int, theme: str) -> None:
    page = visit(width=width, theme=theme)
    base = page.url.rstrip("/")
    twin = Contact.objects.get(email="kimruiz+every.coffee.shop.in.the.whole.wide.world@gmail.com")
    for path in (
        reverse("contact", args=[kim.pk]),
        reverse("contact", args=[kim.pk]) + "?only=team",
        reverse("contact-edit", args=[kim.pk]),
        reverse("duplicates"),
        reverse("contacts-compare", args=[kim.pk, twin.pk]),
        reverse("settings-fields"),
        reverse("settings-field", args=[CustomField.objects.get(key="size").pk]),
        reverse("settings-lifecycle"),
    ):
        page.goto(base + path)
        assert violations(page) == [], path
        assert not scrolls_sideways(page), path
        assert small_targets(page) == [], path


def test_two_contacts_become_one_person(visit: Visit, kim: Contact) -> None:
    page = visit(reverse("contact", args=[kim.pk]))
    page.get_by_role("link", name="Compare with kimruiz+every.coffee.shop.in.the.whole.wide.world@gmail.com").click()
    expect(page.get_by_text("A no of either is a no.")).to_be_visible()
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be undone")
    page.get_by_label("they are one person").check()
    page.get_by_role("button", name="Merge them").click()
    expect(page.get_by_text("Mail goes to kim.ruiz@gmail.com")).to_be_visible()
    expect(page.locator("#history")).to_contain_text(
        "Merged with kimruiz+every.coffee.shop.in.the.whole.wide.world@gmail.com"
    )
    expect(page.get_by_role("region", name="Lists")).to_contain_text("Unsubscribed")


def test_the_stages_are_counted_while_somebody_types(visit: Visit, kim: Contact) -> None:
    Contact.objects.filter(pk=kim.pk).update(created_at=timezone.now() - timedelta(days=20), engaged_at=None)
    page = visit(reverse("settings-lifecycle"))
    counts = page.locator("#stage-counts")
    expect(counts.get_by_role("row", name=re.compile("New"))).to_contain_text("2")
    page.get_by_label("New for so many days").fill("7")
    expect(counts.get_by_role("row", name=re.compile("New"))).to_contain_text("1")
    page.get_by_label("Active for so many days").fill("400")
    expect(counts).to_contain_text("must follow each other")
    page.get_by_label("Active for so many days").fill("60")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Segments use it at once")).to_be_visible()
    assert ContactScore.objects.exists()
