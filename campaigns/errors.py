"""What can go wrong with a campaign. A class's docstring is its message where none is given."""


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


class TestRefused(CampaignError):
    """The test was not sent. The message says why."""

    __test__ = False  # pytest collects classes by this name
