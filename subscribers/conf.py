"""The settings that this app reads."""

from pathlib import Path
from typing import cast

from django.conf import settings


def imports_folder() -> Path:
    """Reports of imports: rejected rows, cells left out, people kept out."""
    return Path(settings.DATA_DIR) / "imports"


def uploads_folder() -> Path:
    """Files that were uploaded to be imported; each goes once it is."""
    return Path(settings.MEDIA_ROOT) / "imports"


def undo_days() -> int:
    """For so long an import can be undone."""
    return cast(int, settings.SENDWELL["IMPORT_UNDO_DAYS"])


def held_days() -> int:
    """For so long rows that were held for review are kept, decided or not."""
    return cast(int, settings.SENDWELL["HELD_ROW_DAYS"])


def base_url() -> str:
    """Where subscribers reach the public pages; no slash at the end."""
    return str(settings.BASE_URL)


def behind_proxy() -> bool:
    """Whether X-Forwarded-For was written by our own proxy."""
    return bool(settings.SENDWELL["BEHIND_PROXY"])


def ledger_key() -> bytes:
    """Signs checkpoints of the consent ledger. As that of links, it outlives SECRET_KEY."""
    return f"consent ledger {settings.LINK_KEY}".encode()
