"""Reads new mail from a Maildir, as a mail server on this machine leaves it there."""

from collections.abc import Callable
from pathlib import Path

from deliverability.errors import InboxUnavailable
from deliverability.models import Inbox


def read_maildir(inbox: Inbox, take: Callable[[bytes], object]) -> int:
    """Hand every new mail to `take`, and move it to those that were seen only then. Returns how many.

    Raises InboxUnavailable. A kill in between leaves a mail that is taken twice, which its digest recognises.
    """
    folder = Path(inbox.path)
    new, seen = folder / "new", folder / "cur"
    try:
        files = sorted(file for file in new.iterdir() if file.is_file() and not file.name.startswith("."))
        for file in files:
            take(file.read_bytes())
            file.rename(seen / f"{file.name.partition(':')[0]}:2,S")
    except OSError as error:
        raise InboxUnavailable(
            f"The Maildir {inbox.path} could not be read: {error.strerror}. Nothing was lost; "
            "check that it has the folders new and cur and that Sendwell may move files there."
        ) from error
    return len(files)
