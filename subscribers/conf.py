"""Where this app keeps its files."""

from pathlib import Path

from django.conf import settings


def imports_folder() -> Path:
    """Reports of imports: rejected rows, cells left out, people kept out."""
    return Path(settings.DATA_DIR) / "imports"
