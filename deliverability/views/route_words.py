"""How providers and the ways out of a stream stand, in words."""

from collections.abc import Collection
from typing import NamedTuple

from django.utils.translation import gettext as _

from deliverability.models import Stream
from deliverability.queries.health import Health, healths
from deliverability.queries.lanes import steps_of
from deliverability.rules.health import Standing
from deliverability.rules.routes import shares_in_words


class StandingWords(NamedTuple):
    """`kind` is the badge's; `share` the percentage of its choice that the provider takes while all is well."""

    text: str
    kind: str
    health: Health
    share: int = 100


def standing_words(standing: str) -> tuple[str, str]:
    """Text and kind of the badge."""
    return {
        Standing.WORKS: (_("Works"), "ok"),
        Standing.OUT: (_("Left alone"), "bad"),
        Standing.TRIAL: (_("On trial"), "warn"),
        Standing.TENTH: (_("Takes a tenth"), "warn"),
        Standing.HALF: (_("Takes half"), "warn"),
    }[Standing(standing)]


def standings(provider_ids: Collection[int]) -> dict[int, StandingWords]:
    return {pk: StandingWords(*standing_words(health.standing), health) for pk, health in healths(provider_ids).items()}


def standings_of_route(stream: Stream) -> dict[int, StandingWords]:
    steps = steps_of(stream)
    shares = shares_in_words(steps)
    found = standings([step.provider_id for step in steps])
    return {pk: state._replace(share=shares[pk]) for pk, state in found.items()}
