"""A campaign's life: which action leads from which state to which, and how a refusal reads."""

from enum import StrEnum

from campaigns.types import CampaignState as State


class Action(StrEnum):
    EDIT = "edit"
    REVIEW = "review"
    APPROVE = "approve"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    MOVE = "move"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    FINISH = "finish"
    DELETE = "delete"


TRANSITIONS: dict[Action, dict[State, State]] = {
    Action.EDIT: {State.DRAFT: State.DRAFT, State.REVIEWED: State.DRAFT},
    Action.REVIEW: {State.DRAFT: State.REVIEWED, State.REVIEWED: State.REVIEWED},
    Action.APPROVE: {State.REVIEWED: State.REVIEWED},
    Action.SCHEDULE: {State.REVIEWED: State.SCHEDULED},
    Action.UNSCHEDULE: {State.SCHEDULED: State.REVIEWED},
    Action.MOVE: {State.SCHEDULED: State.SCHEDULED},
    Action.START: {State.SCHEDULED: State.SENDING},
    Action.PAUSE: {State.SENDING: State.PAUSED},
    Action.RESUME: {State.PAUSED: State.SENDING},
    Action.CANCEL: {
        State.DRAFT: State.CANCELLED,
        State.REVIEWED: State.CANCELLED,
        State.SCHEDULED: State.CANCELLED,
        State.SENDING: State.CANCELLED,
        State.PAUSED: State.CANCELLED,
    },
    # A pause that comes after the last message was handed over has nothing left to hold back.
    Action.FINISH: {State.SENDING: State.SENT, State.PAUSED: State.SENT},
    # What was scheduled or sent is part of the record; only a draft may go without a trace.
    Action.DELETE: {State.DRAFT: State.DRAFT, State.REVIEWED: State.REVIEWED},
}

_SITUATION = {
    State.DRAFT: "is a draft that nobody has reviewed yet",
    State.REVIEWED: "is reviewed but not scheduled",
    State.SCHEDULED: "is scheduled and has not started",
    State.SENDING: "is being sent",
    State.PAUSED: "is paused in the middle of sending",
    State.SENT: "has been sent",
    State.CANCELLED: "was cancelled",
}
_ADVICE = {
    State.DRAFT: "Review it first.",
    State.REVIEWED: "Schedule it, or edit it.",
    State.SCHEDULED: "Unschedule it first.",
    State.SENDING: "Pause or cancel it.",
    State.PAUSED: "Resume or cancel it.",
    State.SENT: "Copy it to send it again.",
    State.CANCELLED: "Copy it to use its content again.",
}


def next_state(state: State, action: Action) -> State | None:
    """Where `action` leads from `state`; None where it may not be done."""
    return TRANSITIONS[action].get(state)


def possible_actions(state: State) -> list[Action]:
    return [action for action, steps in TRANSITIONS.items() if state in steps]


def refusal(name: str, state: State, action: Action) -> str:
    """What happened, what we did, what to do: for an action that the state does not allow."""
    return f"“{name}” {_SITUATION[state]}, so we did not {action} it. {_ADVICE[state]}"
