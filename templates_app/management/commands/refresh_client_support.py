"""Takes the newest test results of caniemail.com into the data that the content checks ship with."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import requests
from django.core.management.base import BaseCommand, CommandError

from templates_app.rules.lint.clients.support import DATA, condense

PUBLISHED = "https://www.caniemail.com/api/data.json"


class Command(BaseCommand):
    help = "Writes which mail program supports what, from caniemail.com or from a file that was fetched there."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help=f"instead of {PUBLISHED}")

    def handle(self, *, file: Path | None, **_options: Any) -> None:
        try:
            published = json.loads(file.read_text(encoding="utf-8")) if file else _fetch()
            condensed = condense(published)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(
                f"The test results could not be read: {error}. What we have stays as it is. "
                f"Fetch {PUBLISHED} by hand and name the file."
            ) from error
        DATA.write_text(json.dumps(condensed, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(condensed['features'])} features as of {condensed['updated']}.")


def _fetch() -> Any:
    reply = requests.get(PUBLISHED, timeout=30)
    reply.raise_for_status()
    return reply.json()
