"""What can go wrong with people and permissions. A class's docstring is its message where none is given."""


class SubscribersError(Exception):
    """The base of every error that this app raises on purpose."""

    def __str__(self) -> str:
        return super().__str__() or str(self.__doc__)


class ContactGone(SubscribersError):
    """This person is not in the data any more, so nothing was changed."""


class ImportRefused(SubscribersError):
    """This file cannot be imported as asked; nothing was changed."""


class ImportStopped(SubscribersError):
    """The import stopped on its way. What was written stays; the same command goes on where it stopped."""


class NotSetUp(SubscribersError):
    """No stream for transactional mail exists yet, so the confirmation could not be sent and nothing was kept. A member
    of the team can add one under Operations → Streams."""
