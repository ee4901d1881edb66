"""A segment that a campaign waits for stays."""

import pytest

from accounts.services.permission import SENDWELL
from campaigns.models import Campaign
from campaigns.services.review import review
from subscribers.errors import SegmentRefused
from subscribers.models import Segment
from subscribers.services.segments import create_segment, delete_segment, uses_of
from tests.factories.campaigns import CampaignFactory, sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


@pytest.fixture
def germans() -> Segment:
    rules = {"type": "field", "field": "country", "op": "is", "value": "DE"}
    return create_segment(actor=SENDWELL, name="Germans", rules=rules)


@pytest.mark.parametrize("field", ["segments", "without_segments"])
def test_a_draft_keeps_its_segment_and_says_so(germans: Segment, field: str) -> None:
    draft = CampaignFactory.create(**{field: [germans.pk]})
    assert [(use.name, use.place, use.key) for use in uses_of([germans.pk])[germans.pk]] == [
        ("Autumn", "campaign", draft.pk)
    ]
    with pytest.raises(SegmentRefused, match="“Autumn” needs this segment"):
        delete_segment(actor=SENDWELL, segment_id=germans.pk)


def test_what_was_sent_needs_it_no_more(germans: Segment) -> None:
    subscribed(country="DE")
    sending(segments=[germans.pk])
    delete_segment(actor=SENDWELL, segment_id=germans.pk)


def test_a_segment_that_is_gone_is_said_at_review(germans: Segment) -> None:
    draft = CampaignFactory.create(segments=[germans.pk])
    Segment.objects.all().delete()
    found = review(campaign_id=draft.pk, actor=SENDWELL)
    assert "unreadable_segment" in [problem.code for problem in found.must_fix]
    assert Campaign.objects.get().state == "draft"
