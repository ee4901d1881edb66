"""The list of campaigns."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.types import Role
from campaigns.models import Campaign
from campaigns.queries.listing import ON_A_PAGE, Tab, campaign_page
from campaigns.types import CampaignState
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.campaigns import CampaignFactory, sending
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client: Client) -> Client:
    client.force_login(UserFactory.create(role=Role.MARKETER))
    return client


def sent(count: int) -> None:
    """Sent campaigns with mailings, the newest last."""
    subscribed()
    first = sending()
    now = timezone.now()
    for index in range(count):
        campaign = first if index == 0 else CampaignFactory.create(mailing=first.mailing)
        Campaign.objects.filter(pk=campaign.pk).update(
            name=f"Letter {index:04}",
            state=CampaignState.SENT,
            started_at=now,
            finished_at=now - timedelta(days=count - index),
        )


@pytest.mark.parametrize("campaigns", [3, 60])
def test_a_row_costs_no_query(
    marketer: Client, campaigns: int, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    sent(campaigns)
    marketer.get(reverse("campaigns"))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        page = marketer.get(reverse("campaigns"), {"tab": "sent"}).content.decode()
    assert page.count("<tr>") == min(campaigns, ON_A_PAGE) + 1


def test_pages_follow_each_other_without_gap_or_repetition_and_back() -> None:
    sent(ON_A_PAGE * 2 + 3)
    first = campaign_page(Tab.SENT)
    second = campaign_page(Tab.SENT, after=first.older)
    third = campaign_page(Tab.SENT, after=second.older)
    names = [row.name for page in (first, second, third) for row in page.rows]
    assert names == sorted(names, reverse=True)
    assert len(set(names)) == ON_A_PAGE * 2 + 3
    assert (first.newer, third.older) == ("", "")
    back = campaign_page(Tab.SENT, before=third.newer)
    assert [row.id for row in back.rows] == [row.id for row in second.rows]


def test_tabs_count_what_they_hold_and_search_narrows_them(marketer: Client) -> None:
    CampaignFactory.create(name="Winter letter")
    CampaignFactory.create(name="Autumn letter")
    page = marketer.get(reverse("campaigns"), {"q": "winter"}).content.decode()
    assert "Winter letter" in page
    assert "Autumn letter" not in page
    assert 'Drafts <span class="count">1</span>' in page
    assert "No campaign is called" in marketer.get(reverse("campaigns"), {"q": "spring"}).content.decode()


def test_an_empty_list_has_one_next_step(marketer: Client) -> None:
    page = marketer.get(reverse("campaigns")).content.decode()
    assert "No campaign yet" in page
    assert reverse("campaign-new") in page


def test_a_place_that_no_page_ever_said_is_the_beginning(marketer: Client) -> None:
    CampaignFactory.create(name="Winter letter")
    assert "Winter letter" in marketer.get(reverse("campaigns"), {"after": "x~y"}).content.decode()


def test_a_draft_is_deleted_and_a_sent_campaign_is_not(marketer: Client) -> None:
    draft = CampaignFactory.create()
    marketer.post(reverse("campaign-delete", args=[draft.pk]))
    assert not Campaign.objects.filter(pk=draft.pk).exists()
    sent(1)
    kept = Campaign.objects.get()
    assert marketer.post(reverse("campaign-delete", args=[kept.pk])).status_code == 409
    assert Campaign.objects.filter(pk=kept.pk).exists()


def test_a_new_campaign_takes_its_sender_from_the_last_and_asks_for_no_list(marketer: Client) -> None:
    CampaignFactory.create(from_name="Paula")
    answer = marketer.post(reverse("campaign-new"), {"name": "Advent"})
    draft = Campaign.objects.latest("pk")
    assert answer["Location"] == reverse("campaign", args=[draft.pk])
    assert (draft.name, draft.from_name, draft.mailing_list, draft.template) == ("Advent", "Paula", None, None)


def test_the_first_campaign_comes_from_the_organisation(marketer: Client) -> None:
    OrganisationFactory.create(name="Huila & Sons")
    StreamFactory.create()
    marketer.post(reverse("campaign-new"), {"name": "Advent"})
    assert Campaign.objects.get().from_name == "Huila & Sons"


def test_a_duplicate_is_a_draft_of_its_own(marketer: Client) -> None:
    original = CampaignFactory.create(name="Winter")
    marketer.post(reverse("campaign-duplicate", args=[original.pk]))
    copy = Campaign.objects.latest("pk")
    assert (copy.name, copy.state, copy.revision) == ("Copy of Winter", CampaignState.DRAFT, 1)
