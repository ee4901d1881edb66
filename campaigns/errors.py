"""What can go wrong with a campaign. A class's docstring is its message where none is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class CampaignError(Exception):
    """The base of every error that campaigns raise on purpose."""

    def __str__(self) -> str:
        return super().__str__() or str(self.__doc__)


class NotPossibleNow(CampaignError):
    """The campaign's state does not allow this. The message names the state and what to do instead."""


class UnknownCampaign(CampaignError):
    """There is no such campaign. Nothing was changed; look up its number in the list of campaigns."""


class UnusableTime(CampaignError):
    """The chosen time cannot be used. Nothing was scheduled; choose another."""


class ReviewRefused(CampaignError):
    """The campaign has problems that must be fixed first. Nothing was scheduled; see the review."""


class NoStream(CampaignError):
    """No marketing stream is set up yet, so no campaign was begun. Add one in Settings, Streams."""


class ApprovalNeeded(CampaignError):
    """The campaign goes to so many people that a second person must approve it. Nothing was sent."""


class ExemptionRefused(CampaignError):
    """An exemption from the frequency caps needs a reason of a few words. Nothing was changed; say why."""


class TestRefused(CampaignError):
    """The test was not sent. The message says why."""

    __test__ = False  # pytest collects classes by this name


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that somebody else changed in the meantime: what it holds now, and since when."""

    field: str
    value: Any
    by: str
    at: datetime


class EditedMeanwhile(CampaignError):
    """Somebody else changed the same fields first, so nothing was saved over theirs; `clashes` says what and when."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__()
        self.clashes = list(clashes)
