"""What can go wrong in accounts."""


class AccountError(Exception):
    """The base of every error that accounts raises on purpose; without a message, the class's docstring is one."""

    def __str__(self) -> str:
        return super().__str__() or str(self.__doc__)


class PermissionRefused(AccountError):
    """Somebody's role does not allow what they tried. Nothing was changed."""


class OrganisationMissing(AccountError):
    """Nobody has said yet who sends. Enter the organisation's name and postal address first."""


class SecretUnreadable(AccountError):
    """A stored credential fits none of SENDWELL_CREDENTIAL_KEYS. Add the old key, or enter the credential anew."""


class MemberExists(AccountError):
    """The address belongs to a member already. Nobody was added."""


class LastOwner(AccountError):
    """This is the last active owner, so nothing was changed. Make somebody else an owner first."""


class InvitationGone(AccountError):
    """This invitation was used, taken back, or ran out, so nobody was let in. Ask whoever invited you for a new one."""


class AlreadyFounded(AccountError):
    """Somebody has set Sendwell up already, so nobody was added. Sign in, or ask an owner to invite you."""


class UnusableLogo(AccountError):
    """The picture cannot be used, so the logo stayed as it was. Choose a PNG, JPEG or WebP file of at most 1 MB."""
