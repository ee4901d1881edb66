"""The world that a life goes through, and the check after each step that a no stayed a no."""

from collections.abc import Collection, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import ClassVar

import time_machine
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from campaigns.composers import CampaignComposer
from deliverability.queries.suppressions import address_key
from deliverability.types import MailingBrief, OutgoingMessage
from subscribers.models import Contact, MailingList, Subscription
from tests.flows.last_words.paths import included
from tests.flows.last_words.people import ADDRESSES, LISTS, MOVES_TO, START, Person, Question, Word


class Life(RuleBasedStateMachine):
    """The world that steps change, what they stand on, and what must hold after each."""

    brief: ClassVar[MailingBrief]
    folder: ClassVar[Path]
    wording: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.clock = time_machine.travel(START, tick=True)
        self.now = self.clock.start()
        self.topics = {slug: MailingList.objects.get(slug=slug) for slug in LISTS}
        self.people = {address: Person(address) for address in (*ADDRESSES, *MOVES_TO)}
        self.questions: list[Question] = []
        self.departures: list[tuple[str, int, int]] = []
        self.moves: list[tuple[Person, int]] = []
        self.runs: list[tuple[int, str, dict[str, tuple[int, Word]]]] = []
        self.turns: dict[tuple[int, str], int] = {}
        self.files = count()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.clock.stop()

    # What the steps stand on.

    def contact(self, address: str) -> Contact | None:
        return Contact.with_merged.filter(address_key=address_key(address)).first()

    def speak(self, person: Person, slugs: Collection[str] = LISTS) -> None:
        """Count what a person says of each list: a question that was asked before is answered by it."""
        for slug in slugs:
            self.turns[id(person), slug] = self.turn(person, slug) + 1

    def turn(self, person: Person, slug: str) -> int:
        return self.turns.get((id(person), slug), 0)

    def wait(self) -> None:
        self.now.shift(timedelta(minutes=2))

    # What must hold after each.

    @invariant()
    def nobody_is_mailed_who_did_not_say_yes_last(self) -> None:
        for address, slug in self.would_be_mailed():
            person = self.people.get(address)
            assert person is not None, f"{address} would get {slug}, and nobody knows them"
            assert person.email == address, f"{address} would get {slug}, though {person} moved or was merged"
            assert person.allows(slug), f"{address} would get {slug}, though {person}"

    def would_be_mailed(self) -> Iterator[tuple[str, str]]:
        """Address and list by every path; the freeze by each list alone, dispatch by each id there was."""
        by_id = dict(Contact.with_merged.values_list("pk", "email"))
        for slug, topic in self.topics.items():
            for contact_id in included(topic.pk):
                yield by_id[contact_id], slug
        ids = sorted({*by_id, *Subscription.objects.values_list("contact_id", flat=True)})
        for made in CampaignComposer().compose(self.brief, [each for each in ids if by_id[each] in self.people]):
            if isinstance(made, OutgoingMessage):
                yield made.address, "news"
