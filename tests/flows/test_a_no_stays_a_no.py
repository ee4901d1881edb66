"""Whatever happens in whatever order, nobody whose last word was no can get a marketing mail by any path.

Random sequences of all that changes permission run against a model of each person's last word that knows nothing of
how we keep it. After each step every path to a marketing mail is asked: the freeze, and the composer at dispatch.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from deliverability.queries.streams import mailing_brief
from subscribers.models import SignUpForm
from tests.factories.campaigns import sending
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, subscribed
from tests.flows.last_words.people import LISTS
from tests.flows.last_words.team import TeamSteps
from tests.flows.last_words.themselves import TheirSteps


class LastWords(TheirSteps, TeamSteps):
    """All that changes permission, in any order."""


@pytest.fixture
def world(db: None, tmp_path: Path) -> None:
    """Two lists, a campaign under way to the first, and one reader, without whom no campaign starts."""
    StreamFactory.create(slug="transactional")
    news, offers = (MailingListFactory.create(slug=slug) for slug in LISTS)
    subscribed(news, email="reader@gmail.com")
    wording = ConsentWordingFactory.create()
    form = SignUpForm.objects.create(slug="letters", title="Our letters", wording=wording)
    form.lists.set([news, offers])
    campaign = sending(mailing_list=news)
    LastWords.brief = mailing_brief(campaign.mailing_id)
    LastWords.folder, LastWords.wording = tmp_path, wording.pk


def live(examples: int, steps: int, *, is_fixed: bool) -> None:
    run_state_machine_as_test(
        LastWords,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=is_fixed,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),
        ),
    )


@pytest.mark.usefixtures("world")
def test_a_no_stays_a_no() -> None:
    live(10, 14, is_fixed=True)


@pytest.mark.parametrize("leaves_all", [False, True])
@pytest.mark.usefixtures("world")
def test_a_no_stays_at_the_address_that_somebody_moved_from(leaves_all: bool) -> None:
    """Found by the lives above: a file that still had the old address brought it back to a list that was left."""
    life = LastWords()
    try:
        for slug in LISTS:
            life.a_file_is_imported(slug=slug, table=[("anna@gmail.com", "")])
        if leaves_all:
            life.they_leave_everything(address="anna@gmail.com")
        else:
            life.they_leave_a_topic(address="anna@gmail.com", slug="news")
        life.they_ask_to_move(address="anna@gmail.com", new="dora@posteo.de")
        life.the_move_is_answered(number=0, stops=False)
        assert life.people["dora@posteo.de"] is not life.people["anna@gmail.com"]
        for slug in LISTS:
            life.a_file_is_imported(slug=slug, table=[("anna@gmail.com", "")])
            life.nobody_is_mailed_who_did_not_say_yes_last()
    finally:
        life.teardown()


@pytest.mark.scale
@pytest.mark.usefixtures("world")
def test_a_no_stays_a_no_through_long_lives() -> None:
    live(40, 30, is_fixed=False)
