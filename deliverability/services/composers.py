"""The registration port of composers: the apps above say here who writes which kind of mail."""

from deliverability.errors import UnknownComposer
from deliverability.types import Composer

_composers: dict[str, Composer] = {}


def register_composer(name: str, composer: Composer) -> None:
    """Called from AppConfig.ready; `name` is what `Mailing.composer` says."""
    _composers[name] = composer


def composer_for(name: str) -> Composer:
    """Raises UnknownComposer."""
    try:
        return _composers[name]
    except KeyError:
        raise UnknownComposer(f"No composer is registered as {name!r}: {UnknownComposer.__doc__}") from None
