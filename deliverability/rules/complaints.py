"""How far a complaint reaches, whoever tells us of it."""

from deliverability.types import Scope, StreamKind


def scope_of_complaint(stream: StreamKind | None) -> Scope:
    """Whoever calls a receipt spam wants nothing at all; a complaint about a campaign is about campaigns."""
    return Scope.EVERYTHING if stream == StreamKind.TRANSACTIONAL else Scope.MARKETING
