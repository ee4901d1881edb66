"""Pause, resume and cancel in the middle of sending, and how a campaign ends."""

from types import SimpleNamespace

import pytest

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL
from accounts.types import Role
from campaigns.errors import NotPossibleNow
from campaigns.models import Campaign
from campaigns.queries.report import campaign_report
from campaigns.services import control
from campaigns.services.control import cancel, pause, resume
from campaigns.services.finish import finish_sent
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch, Event, Mailing
from deliverability.services import mailings
from deliverability.types import EventKind, SkipReason
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory, scheduled, sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    for _ in range(3):
        subscribed()
    return sending()


def close_batches() -> None:
    DeliveryBatch.objects.update(state=DeliveryBatch.State.CLOSED)


def states(campaign: Campaign) -> tuple[str, str]:
    campaign.refresh_from_db()
    return campaign.state, Mailing.objects.get(pk=campaign.mailing_id).state


def test_a_pause_holds_the_mailing_and_a_resume_releases_it(campaign: Campaign) -> None:
    pause(campaign_id=campaign.pk, actor=SENDWELL)
    assert states(campaign) == ("paused", "paused")
    resume(campaign_id=campaign.pk, actor=SENDWELL)
    assert states(campaign) == ("sending", "running")


def test_cancelling_leaves_nobody_without_a_record(campaign: Campaign) -> None:
    cancel(campaign_id=campaign.pk, actor=SENDWELL)
    assert states(campaign) == ("cancelled", "cancelled")
    details = Event.objects.filter(mailing_id=campaign.mailing_id, kind=EventKind.SKIPPED).values_list(
        "detail", flat=True
    )
    assert list(details) == [SkipReason.CANCELLED] * 3
    assert campaign_report(campaign.pk).progress.is_finished


def test_a_crash_in_the_middle_of_cancelling_is_made_good(campaign: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*, mailing_id: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(control, "mailings", SimpleNamespace(pause=mailings.pause, cancel=crash))
    with pytest.raises(KeyboardInterrupt):
        cancel(campaign_id=campaign.pk, actor=SENDWELL)
    assert states(campaign) == ("cancelled", "paused")
    finish_sent()
    assert states(campaign) == ("cancelled", "cancelled")
    assert campaign_report(campaign.pk).progress.counts == {EventKind.SKIPPED: 3}


def test_a_scheduled_campaign_can_be_cancelled_before_it_starts() -> None:
    subscribed()
    campaign = scheduled()
    cancel(campaign_id=campaign.pk, actor=SENDWELL)
    campaign.refresh_from_db()
    assert (campaign.state, campaign.mailing_id) == (CampaignState.CANCELLED, None)


def test_what_a_state_does_not_allow_is_refused() -> None:
    campaign = CampaignFactory.create()
    for action in (pause, resume):
        with pytest.raises(NotPossibleNow, match="is a draft"):
            action(campaign_id=campaign.pk, actor=SENDWELL)


def test_who_may_not_send_may_not_stop_others_either(campaign: Campaign) -> None:
    with pytest.raises(PermissionRefused):
        cancel(campaign_id=campaign.pk, actor=UserFactory.create(role=Role.ANALYST))
    assert states(campaign) == ("sending", "running")


def test_it_is_sent_once_no_batch_is_open_whatever_the_counts_say(campaign: Campaign) -> None:
    assert finish_sent() == []
    close_batches()
    assert finish_sent() == [campaign.pk]
    assert finish_sent() == []
    assert states(campaign)[0] == CampaignState.SENT
    assert campaign_report(campaign.pk).finished_at is not None


def test_a_pause_after_the_last_message_does_not_last_forever(campaign: Campaign) -> None:
    pause(campaign_id=campaign.pk, actor=SENDWELL)
    assert finish_sent() == []
    close_batches()
    assert finish_sent() == [campaign.pk]


def test_a_mailing_that_the_engine_paused_is_not_finished(campaign: Campaign) -> None:
    mailings.pause(mailing_id=campaign.mailing_id)
    assert finish_sent() == []
