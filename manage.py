#!/usr/bin/env python
"""Runs Sendwell's commands; starts the embedded services first where no others are named."""

import os
import sys

# These must work on a machine, or in a pipeline, where no database is at hand.
WITHOUT_SERVICES = {"classify_agent", "compile_template", "help", "compilemessages", "makemessages", "collectstatic"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_SERVICES and "--help" not in sys.argv:
        from config import embedded

        embedded.ensure()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
