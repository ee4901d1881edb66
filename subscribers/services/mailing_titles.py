"""The port through which the apps above name what they mail, so that a person's history reads as a story."""

from collections.abc import Callable, Collection, Mapping

from subscribers.types import MailingTitle

# Takes references of mailings, and returns titles by reference.
Titles = Callable[[Collection[str]], Mapping[str, MailingTitle]]
_titles: dict[str, Titles] = {}


def register_titles(composer: str, titles: Titles) -> None:
    """Called from AppConfig.ready, for mailings that this composer writes."""
    _titles[composer] = titles


def titles_of(mailings: Collection[tuple[str, str]]) -> dict[tuple[str, str], MailingTitle]:
    """By (composer, reference), one query for each composer; those that nobody names are missing."""
    found: dict[tuple[str, str], MailingTitle] = {}
    for composer in {composer for composer, _ in mailings} & _titles.keys():
        references = {reference for name, reference in mailings if name == composer}
        found |= {(composer, reference): title for reference, title in _titles[composer](references).items()}
    return found
