"""Large campaigns take two."""

import pytest

from accounts.errors import PermissionRefused
from accounts.models import Organisation
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.errors import ApprovalNeeded, NotPossibleNow
from campaigns.models import Campaign
from campaigns.services.approval import approve
from campaigns.services.edit import edit
from campaigns.services.review import review
from campaigns.services.schedule import schedule
from campaigns.types import CampaignState
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
    with pytest.raises(ApprovalNeeded, match="somebody else must send it"):
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
