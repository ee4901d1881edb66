"""Plays the demo from an empty folder to the report; every step looks first whether an earlier run has done it."""

import time
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import CommandError

from campaigns.models import Campaign
from campaigns.queries.report import CampaignReport, campaign_report
from campaigns.types import CampaignState
from config.demo import contacts, desk, furnishing, identity, lives, quarter, sending, shop
from config.demo.programs import Ports, choose_ports, programs
from config.demo.report import Outcome, mailbox_counts, outcome_of
from config.demo.steps import Step, Steps
from config.supervisor import NotReady, Supervisor
from deliverability.types import EventKind
from subscribers.models import Contact, MailingList, Segment

POLL_SECONDS = 0.25
STALLED_SECONDS = 120
SETTLE_SECONDS = 20
_ENDED = (CampaignState.SENT, CampaignState.CANCELLED)


class Demo:
    """One run; `folder` is the data folder, `people` how many contacts to invent."""

    def __init__(self, steps: Steps, supervisor: Supervisor, folder: Path, people: int) -> None:
        self._steps, self._supervisor, self._folder, self._people = steps, supervisor, folder, people
        self.ports: Ports = choose_ports(folder)
        self._was_undisturbed = True

    def play(self) -> Outcome:
        """Raises CommandError with what stands in the way."""
        self._migrate()
        self._start()
        self._furnish()
        self._import()
        self._live()
        self._await_programs()
        campaign = self._send()
        self._await_readers(campaign)
        self._open_shop()
        self._lay_desk()
        self._look_back()
        return self._settled(campaign)

    def tend(self) -> None:
        """Restart what crashed, and say so."""
        for line in self._supervisor.tend():
            self._was_undisturbed = False
            self._steps.console.print(f"[yellow]![/] {line}", highlight=False)

    def _migrate(self) -> None:
        with self._steps.step("Preparing the database") as step:
            call_command("migrate", verbosity=0, interactive=False)
            step.result = "PostgreSQL and Redis run; the tables are up to date"

    def _start(self) -> None:
        # They need some seconds to come up, in which the contacts can be loaded.
        self._programs = programs(self.ports, self._folder)
        for program in self._programs:
            self._supervisor.start(program)

    def _await_programs(self) -> None:
        with self._steps.step("Starting Sendwell") as step:
            for program in self._programs:
                step.title(f"Starting {program.name}")
                try:
                    self._supervisor.await_ready(program.name)
                except NotReady as error:
                    raise CommandError(f"{error} Everything was stopped again; nothing is lost.") from None
            step.result = f"Running: {', '.join(program.name for program in self._programs)}"

    def _furnish(self) -> None:
        with self._steps.step("Setting up the roastery") as step:
            furnishing.furnish(smtp_port=self.ports.smtp)
            furnishing.login(self._folder)
            facts = f"two streams, {len(furnishing.LISTS)} lists, a sign-up form, three newsletters"
            step.result = f"{furnishing.ORGANISATION}: {facts}"

    def _import(self) -> None:
        with self._steps.step("Importing contacts") as step:
            tally = contacts.import_people(self._folder / "demo", self._people, step.tell)
            step.was_done = tally is None
            rejected = f"; {tally.rejected} rows were rejected, each with its reason" if tally else ""
            step.result = f"{Contact.objects.count():,} contacts imported with a statement of consent{rejected}"

    def _live(self) -> None:
        newsletter = MailingList.objects.get(slug=furnishing.NEWSLETTER)
        with self._steps.step("Recording who left, paused or allows tracking") as step:
            step.was_done = lives.is_lived()
            if not step.was_done:
                lives.live(newsletter, step.tell)
            step.result = "Some left, paused, asked too long ago or are known to bounce; a fifth allow tracking"

    def _send(self) -> Campaign:
        campaign = sending.campaign()
        with self._steps.step("Sending a campaign") as step:
            step.was_done = campaign.state in _ENDED
            # Of an earlier run nobody knows how it ended.
            self._was_undisturbed &= campaign.state in (CampaignState.DRAFT, CampaignState.REVIEWED)
            sending.send(campaign)
            report = self._watch(campaign, step)
            accepted = report.progress.counts.get(EventKind.ACCEPTED, 0)
            step.result = f"“{campaign.name}” is {report.state.value}: {accepted:,} mails accepted over SMTP"
        return Campaign.objects.select_related("stream", "mailing_list").get(pk=campaign.pk)

    def _watch(self, campaign: Campaign, step: Step) -> CampaignReport:
        seen: object = None
        deadline = time.monotonic() + STALLED_SECONDS
        while (report := campaign_report(campaign.pk)).state not in _ENDED:
            if report.progress.counts != seen:
                seen, deadline = report.progress.counts, time.monotonic() + STALLED_SECONDS
            elif time.monotonic() > deadline:
                raise CommandError(
                    f"The campaign is {report.state.value}, and nothing has moved for two minutes. Nothing is lost; "
                    f"the logs of the workers say why: {self._folder / 'logs'}"
                )
            step.title(_in_words(report))
            step.tell(report.done, report.audience or 0)
            self.tend()
            time.sleep(POLL_SECONDS)
        step.tell(report.done, report.audience or 0)
        return report

    def _await_readers(self, campaign: Campaign) -> None:
        with self._steps.step("Readers open, click and unsubscribe") as step:
            total = waiting = mailbox_counts(self.ports)["readers_waiting"]
            step.was_done = total == 0
            while waiting:
                self.tend()
                time.sleep(POLL_SECONDS)
                waiting = mailbox_counts(self.ports)["readers_waiting"]
                step.tell(total - waiting, total)
            step.result = "Readers loaded pictures, followed links and unsubscribed over real HTTP"

    def _open_shop(self) -> None:
        with self._steps.step("Taking orders in the shop") as step:
            step.was_done = shop.is_open()
            if not step.was_done:
                shop.open_shop()
                identity.know_people()
            step.result = f"A year of orders, and {Segment.objects.count()} segments that find who placed them"

    def _lay_desk(self) -> None:
        with self._steps.step("Leaving work on the desk") as step:
            step.was_done = desk.is_laid()
            if not step.was_done:
                desk.lay()
            step.result = "A draft, a campaign for next week, a file to import, sign-ups and consent that wait"

    def _look_back(self) -> None:
        with self._steps.step("Looking back on a quarter of sign-ups and departures") as step:
            step.was_done = quarter.is_lived()
            if not step.was_done:
                quarter.live(self._people)
            step.result = "List health shows 90 days of the offers list"

    def _settled(self, campaign: Campaign) -> Outcome:
        """The outcome once opens and clicks have reached the database, which takes a moment after they happened."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            outcome = outcome_of(campaign, self.ports, was_undisturbed=self._was_undisturbed)
            if outcome.adds_up or time.monotonic() > deadline:
                return outcome
            self.tend()
            time.sleep(POLL_SECONDS)


def _in_words(report: CampaignReport) -> str:
    if report.state == CampaignState.SCHEDULED:
        return "Scheduled; nothing leaves before its undo window has passed"
    if report.progress.waiting and not report.progress.in_flight and report.done:
        return "Waiting to try deferred mails again"
    return "Sending"
