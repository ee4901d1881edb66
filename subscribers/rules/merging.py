"""Decides what holds when two contacts turn out to be one person: the strictest word of either, whoever said it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from subscribers.types import ConsentAction, Frequency, Purpose, SubscriptionState

_STRICTEST_FIRST = (Frequency.MONTHLY, Frequency.WEEKLY, Frequency.EVERY)
TRACKING = (Purpose.OPEN_TRACKING, Purpose.CLICK_TRACKING)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with one list; `answer` is their last yes or no to it, None where there is none."""

    state: SubscriptionState | None = None
    answer: ConsentAction | None = None
    consent_id: int | None = None
    expires_at: datetime | None = None
    frequency: Frequency = Frequency.EVERY

    @property
    def says_no(self) -> bool:
        return self.state == SubscriptionState.UNSUBSCRIBED or self.answer == ConsentAction.WITHDRAWN

    @property
    def is_silent(self) -> bool:
        return self.state is None and self.answer is None


@dataclass(frozen=True, slots=True)
class Words:
    """All that one contact ever decided: on each list, on marketing as a whole, on each kind of tracking."""

    lists: Mapping[int, Standing] = field(default_factory=dict)
    general: ConsentAction | None = None
    tracking: Mapping[Purpose, ConsentAction] = field(default_factory=dict)
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListOutcome:
    """How the person stands with a list afterwards. `is_new_no`: the ledger must hear of it under the id that stays."""

    list_id: int
    standing: Standing
    is_new_no: bool
    changes: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """`is_new_general_no` and `tracking_ends` must go into the ledger; `tracks` is what holds afterwards."""

    lists: tuple[ListOutcome, ...]
    leaves_all: bool
    is_new_general_no: bool
    tracks: Mapping[Purpose, bool]
    tracking_ends: tuple[Purpose, ...]
    paused_until: datetime | None


def settle(kept: Words, merged: Words) -> Outcome:
    """A no of either is a no, also where the other said yes later: nobody can tell which of them was meant."""
    leaves_all = ConsentAction.WITHDRAWN in (kept.general, merged.general)
    ends = tuple(purpose for purpose in TRACKING if _stops(kept, merged, purpose))
    return Outcome(
        lists=tuple(
            _list(list_id, kept.lists.get(list_id, Standing()), merged.lists.get(list_id, Standing()), leaves_all)
            for list_id in sorted({*kept.lists, *merged.lists})
        ),
        leaves_all=leaves_all,
        is_new_general_no=leaves_all and merged.general is not None,
        tracks={purpose: _tracks(kept, merged, purpose) for purpose in TRACKING},
        tracking_ends=ends,
        paused_until=max(filter(None, (kept.paused_until, merged.paused_until)), default=None),
    )


def _list(list_id: int, kept: Standing, merged: Standing, leaves_all: bool) -> ListOutcome:
    frequency = next(each for each in _STRICTEST_FIRST if each in (kept.frequency, merged.frequency))
    if leaves_all or kept.says_no or merged.says_no:
        left = Standing(SubscriptionState.UNSUBSCRIBED, ConsentAction.WITHDRAWN, frequency=frequency)
        # Where the one who stays had left by themselves and the other says nothing, the ledger has it already.
        is_known = kept.says_no and merged.is_silent
        return ListOutcome(list_id, left, not is_known, kept.state != SubscriptionState.UNSUBSCRIBED)
    carried = _lasting(kept, merged)
    standing = Standing(carried.state, carried.answer, carried.consent_id, carried.expires_at, frequency)
    return ListOutcome(list_id, standing, is_new_no=False, changes=carried is merged)


def _lasting(kept: Standing, merged: Standing) -> Standing:
    """The one that allows more for longer: both are the person's own yes, and neither said no."""
    return max((kept, merged), key=_reach)


def _reach(standing: Standing) -> tuple[bool, bool, bool, float]:
    is_subscribed = standing.state == SubscriptionState.SUBSCRIBED and standing.consent_id is not None
    ends = standing.expires_at.timestamp() if standing.expires_at else 0.0
    return standing.state is not None, is_subscribed, is_subscribed and standing.expires_at is None, ends


def _stops(kept: Words, merged: Words, purpose: Purpose) -> bool:
    answers = kept.tracking.get(purpose), merged.tracking.get(purpose)
    return ConsentAction.WITHDRAWN in answers and answers[1] is not None


def _tracks(kept: Words, merged: Words, purpose: Purpose) -> bool:
    answers = {kept.tracking.get(purpose), merged.tracking.get(purpose)}
    return ConsentAction.GRANTED in answers and ConsentAction.WITHDRAWN not in answers
