"""Shows everything at once: starts Sendwell on this machine, sends a real campaign, and says what came of it."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from config.demo import furnishing
from config.demo.printing import print_addresses, print_outcome
from config.demo.programs import Ports
from config.demo.run import POLL_SECONDS, Demo
from config.demo.steps import Steps
from config.supervisor import AlreadyRunning, Supervisor, alone, interruptible

PEOPLE = 12_000


class Command(BaseCommand):
    help = "Start Sendwell on this machine, load invented contacts, send them a campaign, and report. Ctrl-C stops it."
    # The database has no tables yet when this starts.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="end after the report; status 0 if all numbers add up")
        parser.add_argument("--contacts", type=int, default=PEOPLE, help="how many to invent, at the first run")

    def handle(self, *, once: bool, contacts: int, **_: Any) -> None:
        self.console = Console()
        folder: Path = settings.DATA_DIR
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with alone(folder), interruptible():
                self._run(folder, once=once, people=contacts)
        except AlreadyRunning:
            self.console.print("Sendwell runs already on this data folder; nothing was started.")
            self._addresses(Ports(**json.loads((folder / "ports.json").read_text())), folder)

    def _run(self, folder: Path, *, once: bool, people: int) -> None:
        supervisor = Supervisor(folder / "logs")
        is_looking = False
        try:
            demo = Demo(Steps(self.console), supervisor, folder, people)
            outcome = demo.play()
            print_outcome(self.console, outcome)
            if once and not outcome.adds_up:
                raise CommandError("The numbers do not add up; see the lines marked ✗.")
            if not once:
                self._addresses(demo.ports, folder)
                self.console.print("\nCtrl-C stops everything. The next start takes seconds.")
                is_looking = True
                while True:
                    demo.tend()
                    time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            if not is_looking:
                raise CommandError("Stopped. The next start goes on from here.", returncode=130) from None
        finally:
            with self.console.status("Stopping"):
                supervisor.stop()

    def _addresses(self, ports: Ports, folder: Path) -> None:
        print_addresses(self.console, ports, furnishing.login(folder))
