#!/usr/bin/env python
"""Runs Sendwell's commands; starts the embedded services first where no others are named."""

import os
import sys
from pathlib import Path

# These must work on a machine, or in a pipeline, where no database is at hand.
WITHOUT_SERVICES = {
    "classify_agent",
    "classify_reply",
    "collectstatic",
    "compile_template",
    "compilemessages",
    "help",
    "makemessages",
    "parse_bounce",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_SERVICES and "--help" not in sys.argv:
        from environs import Env

        from config import embedded

        # Before the services: a database that .env names must not get an embedded one beside it.
        Env().read_env(Path(__file__).with_name(".env"), recurse=False)
        embedded.ensure()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
