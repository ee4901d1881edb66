"""A review freezes content, counts people and names what stands in the way."""

import pytest

from accounts.errors import PermissionRefused
from accounts.models import Organisation
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.errors import NotPossibleNow, UnknownCampaign
from campaigns.models import Campaign
from campaigns.services.review import Review, review
from campaigns.types import CampaignState
from subscribers.models import CustomField, Subscription
from subscribers.types import ExclusionReason, SubscriptionState
from templates_app.models import Template
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, reviewed, scheduled
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


def reviewed_now(campaign: Campaign) -> Review:
    found = review(campaign_id=campaign.pk, actor=SENDWELL)
    campaign.refresh_from_db()
    return found


def codes(found: Review) -> list[str]:
    return [problem.code for problem in found.must_fix]


def test_a_good_draft_becomes_reviewed_with_frozen_content() -> None:
    subscribed()
    campaign = CampaignFactory.create()
    found = reviewed_now(campaign)
    assert (found.is_ready, campaign.state, campaign.version_id) == (True, CampaignState.REVIEWED, found.version_id)
    Template.objects.update(source="<mjml><mj-body></mj-body></mjml>")
    assert "Read on" in Campaign.objects.get(pk=campaign.pk).version.html


def test_the_count_comes_with_every_reason() -> None:
    subscribed()
    Subscription.objects.filter(contact=subscribed()).update(state=SubscriptionState.PENDING)
    counts = reviewed_now(CampaignFactory.create()).counts
    assert (counts.included, counts.excluded) == (1, {ExclusionReason.UNCONFIRMED: 1})


def test_without_an_audience_it_stays_a_draft() -> None:
    campaign = CampaignFactory.create()
    assert codes(reviewed_now(campaign)) == ["no_audience"]
    assert (campaign.state, campaign.version_id) == (CampaignState.DRAFT, None)


def test_a_mistake_in_the_template_is_named_with_its_line() -> None:
    subscribed()
    campaign = CampaignFactory.create(
        template__name="wrong",
        template__source="<mjml><mj-body><mj-section><mj-column>\n"
        "<mj-text>{{ contact.frist_name }}</mj-text></mj-column></mj-section></mj-body></mjml>",
    )
    [problem] = reviewed_now(campaign).must_fix
    assert problem.line == 2
    assert "contact.first_name" in str(problem)


def test_declared_custom_fields_are_known() -> None:
    subscribed()
    CustomField.objects.create(key="plan", label="Plan")
    assert codes(reviewed_now(CampaignFactory.create(subject="Your {{ contact.plan }} plan"))) == []
    assert codes(reviewed_now(CampaignFactory.create(subject="Your {{ contact.size }} size"))) == ["content"]


def test_without_an_organisation_nothing_can_be_sent() -> None:
    subscribed()
    campaign = CampaignFactory.create()
    Organisation.objects.all().delete()
    assert codes(reviewed_now(campaign)) == ["no_organisation"]


def test_a_freemail_sender_and_a_missing_host_must_be_fixed() -> None:
    subscribed()
    campaign = CampaignFactory.create(from_email="huila@gmail.com")
    campaign.stream.provider.host = ""
    campaign.stream.provider.save()
    assert codes(reviewed_now(campaign)) == ["free_from_domain", "no_provider"]


def test_a_review_that_no_longer_holds_makes_it_a_draft_again() -> None:
    subscribed()
    campaign = reviewed()
    Subscription.objects.update(state=SubscriptionState.UNSUBSCRIBED)
    assert codes(reviewed_now(campaign)) == ["no_audience"]
    assert (campaign.state, campaign.version_id) == (CampaignState.DRAFT, None)


def test_a_scheduled_campaign_is_not_reviewed_again() -> None:
    subscribed()
    campaign = scheduled()
    with pytest.raises(NotPossibleNow, match="is scheduled and has not started, so we did not review it"):
        review(campaign_id=campaign.pk, actor=SENDWELL)


def test_who_did_it_is_written_down() -> None:
    subscribed()
    member = UserFactory.create(email="ana@huila.example", role=Role.MARKETER)
    campaign = CampaignFactory.create()
    review(campaign_id=campaign.pk, actor=member)
    activity = campaign.activities.get()
    assert (activity.actor, activity.text) == ("ana@huila.example", "Reviewed: 1 person would get it, 0 would not.")


def test_an_analyst_may_not_review() -> None:
    with pytest.raises(PermissionRefused):
        review(campaign_id=CampaignFactory.create().pk, actor=UserFactory.create(role=Role.ANALYST))


def test_a_campaign_that_does_not_exist_is_said_so() -> None:
    with pytest.raises(UnknownCampaign):
        review(campaign_id=0, actor=SENDWELL)
