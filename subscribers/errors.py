"""What can go wrong with people and permissions. A class's docstring is its message where none is given."""


class SubscribersError(Exception):
    """The base of every error that this app raises on purpose."""

    def __str__(self) -> str:
        return super().__str__() or str(self.__doc__)


class ContactGone(SubscribersError):
    """This person is not in the data any more, so nothing was changed."""


class AddressTaken(SubscribersError):
    """Another reader has this address already, so nothing was changed."""


class PauseRefused(SubscribersError):
    """A break ends in the future and within a year; nothing was changed."""


class ImportRefused(SubscribersError):
    """This file cannot be imported as asked; nothing was changed."""


class ImportUnderWay(ImportRefused):
    """Another process is importing this file into this list right now."""


class ImportStopped(SubscribersError):
    """The import stopped on its way. What was written stays; started again, it goes on where it stopped."""


class ImportHalted(SubscribersError):
    """Somebody paused or cancelled this import. What was written stays."""


class ContactRefused(SubscribersError):
    """This person cannot be added or changed as asked; nothing was changed."""


class AddressDoubted(ContactRefused):
    """This address looks like a slip; added once more as it is, it is taken."""


class MergeRefused(SubscribersError):
    """These two contacts cannot be merged; nothing was changed."""


class FieldRefused(SubscribersError):
    """This custom field cannot be made or changed as asked; nothing was changed."""


class IdentifierRefused(SubscribersError):
    """This id of another system cannot be kept for this person; nothing was changed."""


class LifecycleRefused(SubscribersError):
    """The stages cannot be defined so; nothing was changed."""


class ListRefused(SubscribersError):
    """This list or sign-up page does not exist any more, so nothing was changed."""


class ViewRefused(SubscribersError):
    """This view cannot be kept as asked; nothing was saved."""


class NotSetUp(SubscribersError):
    """No stream for transactional mail exists yet, so the confirmation could not be sent and nothing was kept. A member
    of the team can add one under Operations → Streams."""


class RulesRefused(SubscribersError):
    """Rules of a segment that cannot be understood; `place` says where, such as `rules[2].value`."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"At {place}: {why}" if place else why)
        self.place = place
        self.why = why


class SegmentRefused(SubscribersError):
    """This segment cannot be kept as asked; nothing was changed."""


class TookTooLong(SubscribersError):
    """This took longer than a screen may wait, so it was stopped."""


class SegmentGone(SubscribersError):
    """This segment does not exist any more, so nothing was changed."""


class SunsetRefused(SubscribersError):
    """The sunset policy cannot be kept as asked; nothing was changed."""


class RequestRefused(SubscribersError):
    """This cannot be done about the privacy request; nothing was changed."""


class ContactRestricted(ContactRefused):
    """This person asked us to restrict what we do with their data, so nothing was changed. End the restriction first,
    with their word."""


class FrequencyRefused(SubscribersError):
    """This cap, or these quiet hours, cannot be set; nothing was changed."""


class RetentionRefused(SubscribersError):
    """This cannot be kept for as long as asked; nothing was changed."""
