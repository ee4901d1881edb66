"""Finds the adapter of a provider kind; a new adapter adds its line here."""

from collections.abc import Callable

from deliverability.errors import UnknownProviderKind
from deliverability.providers.base import ProviderConfig, Session
from deliverability.providers.esp import ESP_APIS, EspSession
from deliverability.providers.sandbox import SandboxSession
from deliverability.providers.smtp import SmtpSession

_ADAPTERS: dict[str, Callable[[ProviderConfig], Session]] = {
    "smtp": SmtpSession,
    "sandbox": SandboxSession,
    **dict.fromkeys(ESP_APIS, EspSession),
}


def provider_kinds() -> tuple[str, ...]:
    """The kinds a provider may have, in alphabetical order."""
    return tuple(sorted(_ADAPTERS))


def open_session(config: ProviderConfig) -> Session:
    """A session with the provider; no connection is made before the first job. Raises UnknownProviderKind."""
    adapter = _ADAPTERS.get(config.kind)
    if adapter is None:
        raise UnknownProviderKind(
            f"No adapter for providers of kind “{config.kind}” is installed. Nothing was sent; "
            f"choose one of {', '.join(provider_kinds())}."
        )
    return adapter(config)
