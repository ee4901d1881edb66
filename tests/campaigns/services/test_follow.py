"""A campaign whose mailing was paused by a guardrail is paused, says why, and goes on when a person says so."""

import pytest

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from campaigns.services.control import resume
from campaigns.services.follow import follow_pauses
from campaigns.types import CampaignState
from deliverability.services import mailings
from tests.factories.campaigns import CampaignFactory
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory.create(state=CampaignState.SENDING, mailing=MailingFactory.create())


def test_it_pauses_once_with_the_reason_and_resumes(campaign: Campaign) -> None:
    mailings.pause(mailing_id=campaign.mailing_id, because="Paused by a guardrail. “Autumn”: too much bounced.")
    assert follow_pauses() == [campaign.pk]
    assert follow_pauses() == []
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.PAUSED
    activity = campaign.activities.get()
    assert (activity.actor, activity.text) == ("Sendwell", "Paused by a guardrail. “Autumn”: too much bounced.")

    resume(campaign_id=campaign.pk, actor=SENDWELL)
    assert follow_pauses() == []


def test_what_a_person_paused_is_left_alone(campaign: Campaign) -> None:
    mailings.pause(mailing_id=campaign.mailing_id)
    assert follow_pauses() == []
