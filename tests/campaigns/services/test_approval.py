"""Large campaigns take two."""

import pytest

from accounts.errors import PermissionRefused
from accounts.models import Organisation, User
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.errors import ApprovalNeeded, NotPossibleNow
from campaigns.models import Campaign, Exclusion
from campaigns.queries.home import overdue
from campaigns.services.approval import approve
from campaigns.services.edit import edit
from campaigns.services.review import review
from campaigns.services.schedule import schedule
from campaigns.services.start import start_due
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, reviewed
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def large() -> Campaign:
    """Two people, where more than one is many."""
    subscribed()
    subscribed()
    campaign = reviewed()
    Organisation.objects.update(approval_above=1)
    return campaign


def test_nobody_sends_a_large_campaign_alone(large: Campaign) -> None:
    with pytest.raises(ApprovalNeeded):
        schedule(campaign_id=large.pk, actor=UserFactory.create(role=Role.OWNER))


def test_a_second_person_lets_it_go_and_cannot_send_it_too(large: Campaign) -> None:
    owner, marketer = UserFactory.create(role=Role.OWNER), UserFactory.create(role=Role.MARKETER)
    approve(campaign_id=large.pk, actor=owner)
    with pytest.raises(ApprovalNeeded, match="Ask a colleague to send it"):
        schedule(campaign_id=large.pk, actor=owner)
    assert schedule(campaign_id=large.pk, actor=marketer).state == CampaignState.SCHEDULED


def test_an_edit_takes_the_approval_back(large: Campaign) -> None:
    approve(campaign_id=large.pk, actor=UserFactory.create(role=Role.OWNER))
    edit(campaign_id=large.pk, changes={"subject": "New"}, actor=SENDWELL)
    assert review(campaign_id=large.pk, actor=SENDWELL).is_ready
    with pytest.raises(ApprovalNeeded):
        schedule(campaign_id=large.pk, actor=UserFactory.create(role=Role.MARKETER))


def test_another_mail_is_not_what_was_approved(large: Campaign) -> None:
    approve(campaign_id=large.pk, actor=UserFactory.create(role=Role.OWNER))
    if large.template is None:
        raise AssertionError
    large.template.source = large.template.source.replace("Read on", "Read this")
    large.template.save()
    review(campaign_id=large.pk, actor=SENDWELL)
    assert Campaign.objects.get().approved_by == ""


def test_a_small_campaign_takes_one(large: Campaign) -> None:
    Organisation.objects.update(approval_above=2)
    assert schedule(campaign_id=large.pk, actor=UserFactory.create(role=Role.MARKETER)).state == CampaignState.SCHEDULED


def test_only_who_may_approves_and_only_what_was_reviewed(large: Campaign) -> None:
    with pytest.raises(PermissionRefused):
        approve(campaign_id=large.pk, actor=UserFactory.create(role=Role.MARKETER))
    with pytest.raises(NotPossibleNow):
        approve(campaign_id=CampaignFactory.create().pk, actor=UserFactory.create(role=Role.OWNER))


def test_two_members_of_one_name_are_two_and_one_renamed_is_one(large: Campaign) -> None:
    names = {"first_name": "Mira", "last_name": "Lang", "role": Role.OWNER}
    mira, namesake = UserFactory.create(**names), UserFactory.create(**names)
    approve(campaign_id=large.pk, actor=mira)
    mira.first_name = "Miriam"
    mira.save()
    with pytest.raises(ApprovalNeeded, match="You approved"):
        schedule(campaign_id=large.pk, actor=mira)
    assert schedule(campaign_id=large.pk, actor=namesake).state == CampaignState.SCHEDULED


def due(campaign: Campaign, actor: User) -> Campaign:
    """Sent by the member while it was small; then the list grew, and its time came."""
    Organisation.objects.update(approval_above=2)
    schedule(campaign_id=campaign.pk, actor=actor, undo_seconds=0)
    subscribed()
    return campaign


def test_a_list_that_grew_past_the_limit_holds_the_campaign(large: Campaign) -> None:
    due(large, UserFactory.create(role=Role.MARKETER))
    assert start_due() == []
    large.refresh_from_db()
    assert large.state == CampaignState.REVIEWED
    assert large.held_because == (
        "Not started, nothing was sent: by now it would go to 3 people, and above 2 it takes two. "
        "Have a colleague approve it on its page, then send it again."
    )
    assert [one.why for one in overdue()] == [large.held_because]
    assert not DeliveryBatch.objects.exists()
    assert not Exclusion.objects.exists()


def test_who_approved_it_while_it_was_small_cannot_have_sent_it(large: Campaign) -> None:
    owner = UserFactory.create(role=Role.OWNER, first_name="Mira")
    approve(campaign_id=large.pk, actor=owner)
    due(large, owner)
    assert start_due() == []
    assert "Let a colleague send it again." in Campaign.objects.get().held_because


def test_a_held_campaign_goes_once_it_is_approved_and_sent_again(large: Campaign) -> None:
    marketer = UserFactory.create(role=Role.MARKETER)
    due(large, marketer)
    start_due()
    approve(campaign_id=large.pk, actor=UserFactory.create(role=Role.OWNER))
    assert Campaign.objects.get().held_because == ""
    schedule(campaign_id=large.pk, actor=marketer, undo_seconds=0)
    assert start_due() == [large.pk]


def test_what_a_command_scheduled_needs_nobody_else(large: Campaign) -> None:
    schedule(campaign_id=large.pk, actor=SENDWELL, undo_seconds=0)
    assert start_due() == [large.pk]
