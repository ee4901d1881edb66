"""Two people, double clicks and overlapping workers, each on a connection of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.services.permission import SENDWELL
from campaigns.errors import NotPossibleNow
from campaigns.models import Campaign, CampaignActivity
from campaigns.services.control import cancel, pause
from campaigns.services.schedule import schedule, unschedule
from campaigns.services.start import start
from campaigns.types import CampaignState
from deliverability.models import DeliveryBatch, Mailing
from tests.factories.campaigns import reviewed, scheduled, sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run all at the same moment; each result, or the refusal."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], object]) -> object:
        try:
            barrier.wait(10)
            return action()
        except NotPossibleNow as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def refusals(results: list[object]) -> int:
    return sum(isinstance(result, NotPossibleNow) for result in results)


@pytest.mark.parametrize("_", range(5))
def test_undo_or_start_but_never_both(_: int) -> None:
    subscribed()
    campaign = scheduled(undo_seconds=0)
    undone, started = at_once(
        lambda: unschedule(campaign_id=campaign.pk, actor=SENDWELL), lambda: start(campaign_id=campaign.pk)
    )
    state = Campaign.objects.get(pk=campaign.pk).state
    if isinstance(undone, NotPossibleNow):
        assert (started, state, DeliveryBatch.objects.count()) == (True, CampaignState.SENDING, 1)
    else:
        assert (started, state, Mailing.objects.count()) == (False, CampaignState.REVIEWED, 0)


def test_overlapping_workers_freeze_once() -> None:
    subscribed()
    campaign = scheduled(undo_seconds=0)
    results = at_once(*[lambda: start(campaign_id=campaign.pk)] * 4)
    assert Counter(results) == {True: 1, False: 3}
    assert DeliveryBatch.objects.count() == 1


def test_a_double_click_schedules_once() -> None:
    subscribed()
    campaign = reviewed()
    assert refusals(at_once(*[lambda: schedule(campaign_id=campaign.pk, actor=SENDWELL)] * 3)) == 2
    assert CampaignActivity.objects.filter(campaign=campaign, text__startswith="Scheduled").count() == 1


def test_two_people_cannot_pause_twice_or_lose_a_cancel() -> None:
    subscribed()
    campaign = sending()
    at_once(
        lambda: pause(campaign_id=campaign.pk, actor=SENDWELL), lambda: cancel(campaign_id=campaign.pk, actor=SENDWELL)
    )
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.CANCELLED
    assert campaign.mailing.state == Mailing.State.CANCELLED
