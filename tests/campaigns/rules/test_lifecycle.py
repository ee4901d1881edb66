"""Every step that a campaign may take, and the words for those it may not."""

import pytest

from campaigns.rules.lifecycle import Action, next_state, possible_actions, refusal
from campaigns.types import CampaignState as State

ALLOWED = {
    ("draft", "edit", "draft"),
    ("reviewed", "edit", "draft"),
    ("draft", "review", "reviewed"),
    ("reviewed", "review", "reviewed"),
    ("reviewed", "approve", "reviewed"),
    ("reviewed", "schedule", "scheduled"),
    ("scheduled", "unschedule", "reviewed"),
    ("scheduled", "move", "scheduled"),
    ("draft", "delete", "draft"),
    ("reviewed", "delete", "reviewed"),
    ("scheduled", "start", "sending"),
    ("sending", "pause", "paused"),
    ("paused", "resume", "sending"),
    ("sending", "finish", "sent"),
    ("paused", "finish", "sent"),
    *((state, "cancel", "cancelled") for state in ("draft", "reviewed", "scheduled", "sending", "paused")),
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", State)
def test_only_these_steps_exist(state: State, action: Action) -> None:
    expected = {target for source, step, target in ALLOWED if (source, step) == (state, action)}
    assert {next_state(state, action)} == (expected or {None})


@pytest.mark.parametrize("state", [State.SENT, State.CANCELLED])
def test_an_ended_campaign_stays_as_it_is(state: State) -> None:
    assert possible_actions(state) == []


def test_a_refusal_names_the_state_and_the_way_out() -> None:
    assert refusal("Autumn", State.DRAFT, Action.SCHEDULE) == (
        "“Autumn” is a draft that nobody has reviewed yet, so we did not schedule it. Review it first."
    )
