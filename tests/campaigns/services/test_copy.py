"""A copy is a draft of its own."""

import pytest

from accounts.services.permission import SENDWELL
from campaigns.errors import UnknownCampaign
from campaigns.services.copy import copy
from campaigns.types import CampaignState
from tests.factories.campaigns import sending
from tests.factories.subscribers import subscribed

pytestmark = pytest.mark.django_db


def test_a_copy_has_the_content_but_none_of_the_history() -> None:
    subscribed()
    original = sending(subject="Autumn")
    draft = copy(campaign_id=original.pk, actor=SENDWELL)
    draft.refresh_from_db()
    assert (draft.name, draft.subject, draft.state) == ("Copy of Autumn", "Autumn", CampaignState.DRAFT)
    assert (draft.mailing_list, draft.template) == (original.mailing_list, original.template)
    assert (draft.version, draft.mailing, draft.send_at, draft.starts_at, draft.audience_count) == (None,) * 5


def test_what_does_not_exist_is_not_copied() -> None:
    with pytest.raises(UnknownCampaign):
        copy(campaign_id=0, actor=SENDWELL)
