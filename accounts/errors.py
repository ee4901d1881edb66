"""What can go wrong in accounts."""


class AccountError(Exception):
    """The base of every error that accounts raises on purpose."""


class PermissionRefused(AccountError):
    """Somebody's role does not allow what they tried. Nothing was changed."""


class OrganisationMissing(AccountError):
    """Nobody has said yet who sends. Enter the organisation's name and postal address first."""

    def __str__(self) -> str:
        return str(self.__doc__)


class SecretUnreadable(AccountError):
    """A stored credential fits none of SENDWELL_CREDENTIAL_KEYS. Add the old key, or enter the credential anew."""

    def __str__(self) -> str:
        return str(self.__doc__)


class MemberExists(AccountError):
    """The address belongs to a member already. Nobody was added."""


class LastOwner(AccountError):
    """This is the last active owner, so nothing was changed. Make somebody else an owner first."""

    def __str__(self) -> str:
        return str(self.__doc__)
