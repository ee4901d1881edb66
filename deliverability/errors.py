"""What can go wrong in the engine. A class's docstring is its message where none is given."""


class DeliverabilityError(Exception):
    """The base of every error that the engine raises on purpose."""

    def __str__(self) -> str:
        return super().__str__() or str(self.__doc__)


class UnknownComposer(DeliverabilityError):
    """No app has registered a composer of this name. Its AppConfig.ready should call register_composer."""


class UnknownProviderKind(DeliverabilityError):
    """No adapter of this kind is installed."""


class HeaderRefused(DeliverabilityError):
    """A header value held a line break or a control character. Nothing was sent; remove it from the field."""


class MailingCancelled(DeliverabilityError):
    """This mailing was cancelled for good, so nobody was added to it. Start a new one."""


class JournalUnavailable(DeliverabilityError):
    """The journal cannot be written or read, so sending waits; nothing is lost. Free disk space or start Redis."""


class NameTaken(DeliverabilityError):
    """The name belongs to another one already. Nothing was saved; choose another."""


class SuppressionRefused(DeliverabilityError):
    """This suppression cannot be changed as asked; nothing was changed."""


class WarmupRefused(DeliverabilityError):
    """This warm-up cannot be changed as asked; nothing was changed."""


class RouteRefused(DeliverabilityError):
    """A route names at least one provider, and none twice. Nothing was saved."""


class GuardrailRefused(DeliverabilityError):
    """Thresholds that make no sense; says which and why."""


class InboxUnavailable(DeliverabilityError):
    """An inbox cannot be read now; unread mail stays there."""
