"""The registration port of people: the app above says here whose data can fill a preview."""

from templates_app.types import People

_registered: list[People] = []


def register_people(people: People) -> None:
    """Called from AppConfig.ready; the last one counts."""
    _registered[:] = [people]


def people() -> People:
    """Raises LookupError when no app has registered its people."""
    if not _registered:
        raise LookupError("No app has registered people for previews: see register_people.")
    return _registered[0]
