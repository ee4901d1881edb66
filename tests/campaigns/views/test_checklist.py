"""Every finding of a review leads whoever may mend it to the place where that is done."""

from dataclasses import replace

import pytest

from accounts.types import Role
from campaigns.rules.checks import (
    LONG_SUBJECT,
    Problem,
    empty_audience,
    mostly_excluded,
    must_fix,
    time_has_passed,
    worth_a_look,
)
from campaigns.views.checklist import finding
from tests.campaigns.rules.test_checks import READY
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory

pytestmark = pytest.mark.django_db
BROKEN = replace(
    READY,
    subject="",
    preheader="",
    from_name="Huila\r\n",
    from_email="",
    from_mailbox_provider="google",
    has_organisation=False,
    stream_held_reason="Wrong password",
    links_reach_only_this_machine=True,
    has_list=False,
    has_template=False,
    provider_is_usable=False,
)
PROBLEMS = [
    *must_fix(BROKEN),
    *must_fix(replace(READY, has_postal_address=False, stream_is_marketing=False)),
    *worth_a_look(BROKEN),
    *worth_a_look(replace(READY, subject="x" * (LONG_SUBJECT + 1))),
    empty_audience(list_name="News", excluded=3),
    mostly_excluded(list_name="News", excluded=3),
    time_has_passed("1 June 2026, 10:00 UTC"),
    Problem("content", "<mj-nonsense> is unknown.", "Remove it.", 3),
]


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.code)
def test_an_owner_is_led_to_every_finding(problem: Problem) -> None:
    assert finding(CampaignFactory.create(), problem, UserFactory.create(role=Role.OWNER), is_grave=True).url


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.code)
def test_nobody_is_led_to_a_page_that_their_role_may_not_open(problem: Problem) -> None:
    url = finding(CampaignFactory.create(), problem, UserFactory.create(role=Role.MARKETER), is_grave=True).url
    assert "/settings/" not in url
