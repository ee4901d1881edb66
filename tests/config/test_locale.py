"""Our words for what allauth says."""

import gettext
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings


def catalogue(folder: Path, language: str) -> dict[str, str]:
    with (folder / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        said: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {str(key[0] if isinstance(key, tuple) else key): words for key, words in said.items()}


def test_allauth_still_says_what_we_put_into_our_words() -> None:
    """An upgrade that changes a sentence would bring its own wording back."""
    spec = find_spec("allauth")
    assert spec is not None
    assert spec.origin is not None
    theirs = catalogue(Path(spec.origin).parent / "locale", "de")
    ours = catalogue(settings.BASE_DIR / "config" / "locale", "en")
    assert len(ours) > 80
    assert ours.keys() <= theirs.keys()
