"""The newsletters that come with Sendwell, for people who do not start from a blank page."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / "starters"


def starter_sources() -> dict[str, str]:
    """MJML source by name, e.g. `newsletter`."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.glob("*.mjml"))}
