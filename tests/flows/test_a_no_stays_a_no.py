"""Whatever happens in whatever order, nobody whose last word was no can get a marketing mail by any path.

Random sequences of all that changes permission run against a model of each person's last word that knows nothing of
how we keep it. After each step every path to a marketing mail is asked: the freeze, and the composer at dispatch.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress as passing_over
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.services.permission import SENDWELL
from campaigns.composers import CampaignComposer
from deliverability.models import Suppression
from deliverability.queries.streams import mailing_brief
from deliverability.queries.suppressions import address_key
from deliverability.services.suppression import suppress
from deliverability.types import MailingBrief, OutgoingMessage, Scope, SuppressionReason
from subscribers.errors import SubscribersError
from subscribers.models import ConsentRecord, Contact, ImportRun, MailingList, SignUpForm, Subscription
from subscribers.queries.audience.selection import audience_sql
from subscribers.queries.segments.asking import room
from subscribers.services import preferences
from subscribers.services.contacts import add_contact
from subscribers.services.errands import ask_for_move
from subscribers.services.imports import ImportOrder, import_contacts, start_undo, undo_import
from subscribers.services.merging import merge_contacts
from subscribers.services.moving import confirm_move, stop_move
from subscribers.services.rights import end_restriction, erase_contact, object_to_marketing, restrict
from subscribers.services.subscriptions import (
    confirm_subscription,
    request_subscription,
    undo_unsubscribe_all,
    unsubscribe,
    unsubscribe_all,
)
from subscribers.services.sunset import judge_people
from subscribers.types import Audience, Basis, Origin, Purpose
from tests.factories.campaigns import sending
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory, subscribed

START = datetime.now(UTC).replace(microsecond=0)
PERSON = Origin(source="https://huila.example/p/", actor="the person")
LISTS = ("news", "offers")
ADDRESSES = ("anna@gmail.com", "bert@gmx.de", "cleo@web.de")
MOVES_TO = ("dora@posteo.de", "emil@posteo.de")

addresses, lists, numbers = st.sampled_from(ADDRESSES), st.sampled_from(LISTS), st.integers(0, 7)
chosen = st.sets(lists, min_size=1)
rows = st.lists(st.tuples(addresses, st.sampled_from(["", "no", "yes"])), min_size=1, max_size=3)


class Word(Enum):
    NONE = "none"
    YES = "yes"
    NO = "no"


@dataclass
class Person:
    """What somebody last said of each list, and what holds them back besides. Two that are merged become one."""

    email: str
    said: dict[str, Word] = field(default_factory=lambda: dict.fromkeys(LISTS, Word.NONE))
    before_leaving: dict[str, Word] | None = None
    is_held: bool = False
    is_restricted: bool = False
    paused_until: datetime | None = None

    def allows(self, slug: str) -> bool:
        is_paused = self.paused_until is not None and self.paused_until > timezone.now()
        return self.said[slug] == Word.YES and not (self.is_held or self.is_restricted or is_paused)

    def says(self, word: Word, slugs: set[str]) -> None:
        self.said |= dict.fromkeys(slugs, word)

    def leaves_all(self) -> None:
        self.before_leaving = dict(self.said)
        self.says(Word.NO, set(LISTS))


@dataclass(frozen=True)
class Question:
    """A confirmation mail that lies in a mailbox. `asked` is how often they had spoken of each list by then."""

    address: str
    contact_id: int
    entries: list[int]
    slugs: set[str]
    asked: dict[str, int]


class LastWords(RuleBasedStateMachine):
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

    # People themselves.

    @rule(address=addresses, slugs=chosen)
    def somebody_types_an_address(self, address: str, slugs: set[str]) -> None:
        """Anybody can: it is nobody's word yet."""
        self.wait()
        asked = request_subscription(
            email=address,
            mailing_list_ids=[self.topics[slug].pk for slug in slugs],
            wording_id=self.wording,
            origin=PERSON,
        )
        entries = ConsentRecord.objects.filter(action="requested", contact_id=asked.contact_id).order_by("-pk")
        found = [entry.pk for entry in entries[: len(slugs)]]
        person = self.people[address]
        turns = {slug: self.turn(person, slug) for slug in slugs}
        self.questions.append(Question(address, asked.contact_id, found, slugs, turns))

    @precondition(lambda self: self.questions)
    @rule(number=numbers)
    def the_mailbox_confirms(self, number: int) -> None:
        """With the newest link or an old one, which says nothing any more once its question was answered."""
        self.wait()
        question = self.questions[number % len(self.questions)]
        person = self.people[question.address]
        with passing_over(SubscribersError):
            found = confirm_subscription(contact_id=question.contact_id, request_ids=question.entries, origin=PERSON)
            if found.is_new:
                # What the link asked and was not answered since; it ends their own "nothing at all".
                said = {slug for slug, turn in question.asked.items() if turn == self.turn(person, slug)}
                person.says(Word.YES, said)
                person.before_leaving = None
                self.speak(person, said)

    @rule(address=addresses, slug=lists)
    def they_choose_a_topic(self, address: str, slug: str) -> None:
        self.wait()
        contact, person = self.contact(address), self.people[address]
        if contact is None or contact.merged_into_id:
            return
        preferences.change_topics(
            contact_id=contact.pk, join=[self.topics[slug].pk], leave=[], wording_id=self.wording, origin=PERSON
        )
        person.says(Word.YES, {slug})
        person.before_leaving = None
        self.speak(person, [slug])
        if person.allows(slug):
            assert (person.email, slug) in set(self.would_be_mailed()), "a yes must count, too"

    @rule(address=addresses, slug=lists)
    def they_leave_a_topic(self, address: str, slug: str) -> None:
        self.wait()
        contact, person = self.contact(address), self.people[address]
        if contact is None:
            return
        if unsubscribe(contact_id=contact.pk, mailing_list_id=self.topics[slug].pk, origin=PERSON):
            person.says(Word.NO, {slug})
            self.speak(person, [slug])

    @rule(address=addresses)
    def they_leave_everything(self, address: str) -> None:
        """By the button, or one-click from a mail that went to an address of long ago."""
        self.wait()
        contact, person = self.contact(address), self.people[address]
        if contact is None:
            return
        departure = unsubscribe_all(contact_id=contact.pk, origin=PERSON)
        if departure.is_new:
            person.leaves_all()
            self.departures.append((address, contact.pk, departure.entry_id))
        else:
            person.says(Word.NO, set(LISTS))
        self.speak(person)

    @precondition(lambda self: self.departures)
    @rule(number=numbers)
    def they_take_it_back(self, number: int) -> None:
        address, contact_id, entry_id = self.departures[number % len(self.departures)]
        person = self.people[address]
        with passing_over(SubscribersError):
            if undo_unsubscribe_all(contact_id=contact_id, entry_id=entry_id, origin=PERSON):
                before = person.before_leaving or {}
                for slug in LISTS:
                    if person.said[slug] == Word.NO:
                        person.said[slug] = before.get(slug, Word.NO)
                person.before_leaving = None
                self.speak(person)

    @rule(address=addresses)
    def they_pause(self, address: str) -> None:
        contact = self.contact(address)
        if contact is not None:
            self.people[address].paused_until = preferences.pause(contact_id=contact.pk, origin=PERSON)

    @rule(address=addresses)
    def they_resume(self, address: str) -> None:
        contact = self.contact(address)
        if contact is not None:
            preferences.resume(contact_id=contact.pk, origin=PERSON)
            self.people[address].paused_until = None

    @rule(address=addresses, allowed=st.booleans())
    def they_change_tracking(self, address: str, allowed: bool) -> None:
        contact = self.contact(address)
        if contact is not None:
            preferences.change_tracking(
                contact_id=contact.pk,
                choices={Purpose.CLICK_TRACKING: allowed},
                wordings={Purpose.CLICK_TRACKING: self.wording},
                origin=PERSON,
            )

    @rule(address=addresses, new=st.sampled_from([*MOVES_TO, *ADDRESSES]))
    def they_ask_to_move(self, address: str, new: str) -> None:
        self.wait()
        contact, person = self.contact(address), self.people[address]
        if contact is None or contact.merged_into_id or person.email != address or address == new:
            return
        ask_for_move(contact_id=contact.pk, address=new, origin=PERSON)
        entry = ConsentRecord.objects.filter(contact=contact, purpose=Purpose.ADDRESS, action="requested").last()
        if entry is not None and entry.detail:
            self.moves.append((person, entry.pk))

    # What mailboxes and their providers say.

    @rule(address=addresses)
    def they_complain(self, address: str) -> None:
        suppress(addresses=[address], scope=Scope.MARKETING, reason=SuppressionReason.COMPLAINT)
        self.people[address].is_held = True

    @rule(address=addresses)
    def it_bounces(self, address: str) -> None:
        suppress(addresses=[address], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE)
        if self.people[address].email == address:
            self.people[address].is_held = True

    # What the team does.

    @rule(slug=lists, table=rows)
    def a_file_is_imported(self, slug: str, table: list[tuple[str, str]]) -> None:
        self.wait()
        path = self.folder / f"people{next(self.files)}.csv"
        path.write_text("\n".join(["Email,Unsubscribed", *(f"{address},{left}" for address, left in table)]))
        before = {address: self.people[address].said[slug] for address, _ in table}
        import_contacts(
            order=ImportOrder(path=path, list_slug=slug, consent_source="Paper form in Lyon", actor="alice")
        )
        left = {id(self.people[address]) for address, said in table if said == "yes"}
        for person in {id(self.people[address]): self.people[address] for address, _ in table}.values():
            if id(person) in left:
                person.says(Word.NO, {slug})
                self.speak(person, [slug])
            elif person.said[slug] == Word.NONE:
                # The file states that they agreed; over a no of theirs it has no say.
                person.says(Word.YES, {slug})
                self.speak(person, [slug])
        run = ImportRun.objects.latest("pk")
        changed = {
            address: (self.turn(self.people[address], slug), word)
            for address, word in before.items()
            if id(self.people[address]) not in left
        }
        self.runs.append((run.pk, slug, changed))

    @precondition(lambda self: self.runs)
    @rule(number=numbers)
    def the_import_is_undone(self, number: int) -> None:
        """Permission that only the file gave ends with it; a no that it brought stays."""
        run_id, slug, before = self.runs.pop(number % len(self.runs))
        with passing_over(SubscribersError):
            start_undo(actor=SENDWELL, run_id=run_id)
            undo_import(run_id=run_id)
        for address, (turn, word) in before.items():
            person = self.people[address]
            if self.turn(person, slug) == turn and person.said[slug] == Word.YES:
                person.said[slug] = word

    @rule(address=addresses, slug=lists)
    def somebody_is_added_by_hand(self, address: str, slug: str) -> None:
        """Or through a program, which calls the same service."""
        self.wait()
        person = self.people[address]
        with passing_over(SubscribersError):
            add_contact(
                actor=SENDWELL,
                email=address,
                mailing_list_id=self.topics[slug].pk,
                basis=Basis.EXPRESS,
                consent_source="They asked for it by telephone",
            )
            if person.said[slug] == Word.NONE:
                person.says(Word.YES, {slug})
                self.speak(person, [slug])

    @rule(keep=addresses, merge=addresses)
    def two_are_merged(self, keep: str, merge: str) -> None:
        kept, merged = self.contact(keep), self.contact(merge)
        if kept is None or merged is None:
            return
        with passing_over(SubscribersError):
            merge_contacts(keep_id=kept.pk, merge_id=merged.pk, actor=SENDWELL)
            self._become_one(self.people[keep], self.people[merge])

    def _become_one(self, kept: Person, merged: Person) -> None:
        """A no of either is the person's; a bounce stays with its mailbox."""
        for slug in LISTS:
            words = {kept.said[slug], merged.said[slug]}
            kept.said[slug] = next(word for word in (Word.NO, Word.YES, Word.NONE) if word in words)
        kept.before_leaving = None
        said_so = suppressed_for(merged.email, SuppressionReason.COMPLAINT)
        kept.is_held = kept.is_held or said_so
        pauses = [each.paused_until for each in (kept, merged) if each.paused_until]
        kept.paused_until = max(pauses, default=None)
        for address, person in self.people.items():
            if person is merged:
                self.people[address] = kept
        self.speak(kept)

    @rule(address=addresses)
    def they_object(self, address: str) -> None:
        contact, person = self.contact(address), self.people[address]
        if contact is not None and not contact.merged_into_id:
            object_to_marketing(contact_id=contact.pk, actor=SENDWELL, source="A letter")
            person.leaves_all()
            self.speak(person)

    @rule(address=addresses, ends=st.booleans())
    def they_are_restricted(self, address: str, ends: bool) -> None:
        contact, person = self.contact(address), self.people[address]
        if contact is not None and not contact.merged_into_id:
            (end_restriction if ends else restrict)(contact_id=contact.pk, actor=SENDWELL)
            person.is_restricted = not ends

    @rule(address=addresses)
    def they_are_erased(self, address: str) -> None:
        """Who asks to be forgotten wants no mail, at any address of theirs, until they come anew."""
        contact, person = self.contact(address), self.people[address]
        if contact is None or contact.merged_into_id:
            return
        erase_contact(contact_id=contact.pk, actor=SENDWELL, reason="They wrote")
        for each in [each for each, owner in self.people.items() if owner is person]:
            self.people[each] = Person(each, dict.fromkeys(LISTS, Word.NO), is_held=is_held(each))

    @precondition(lambda self: self.moves)
    @rule(number=numbers, stops=st.booleans())
    def the_move_is_answered(self, number: int, stops: bool) -> None:
        person, entry_id = self.moves[number % len(self.moves)]
        contact = Contact.objects.filter(consents=entry_id).first()
        if contact is None:
            return
        before = contact.email
        with passing_over(SubscribersError):
            (stop_move if stops else confirm_move)(contact_id=contact.pk, entry_id=entry_id, origin=PERSON)
        contact.refresh_from_db()
        if contact.email != before:
            self._has_moved(person, before, contact.email)

    def _has_moved(self, person: Person, old: str, new: str) -> None:
        """They are written to at the new address. A no holds at the old one, too; a yes does not stay behind."""
        there = self.people[new]
        stay = {slug: word if word == Word.NO else Word.NONE for slug, word in person.said.items()}
        person.says(Word.NO, {slug for slug in LISTS if there.said[slug] == Word.NO and there is not person})
        person.email, person.is_held = new, person.is_held or is_held(new)
        self.people[old] = Person(old, stay, is_held=is_held(old))
        self.people[new] = person
        self.speak(person)

    @rule()
    def silence_is_judged(self) -> None:
        judge_people()

    # And then.

    @invariant()
    def nobody_is_mailed_who_did_not_say_yes_last(self) -> None:
        for address, slug in self.would_be_mailed():
            person = self.people.get(address)
            assert person is not None, f"{address} would get {slug}, and nobody knows them"
            assert person.email == address, f"{address} would get {slug}, though {person} moved or was merged"
            assert person.allows(slug), f"{address} would get {slug}, though {person}"

    def would_be_mailed(self) -> Iterator[tuple[str, str]]:
        """Address and list by every path; the freeze by each list alone and by all, dispatch by each id there was."""
        by_id = dict(Contact.with_merged.values_list("pk", "email"))
        for slug, topic in self.topics.items():
            for contact_id in included(topic.pk):
                yield by_id[contact_id], slug
        ids = sorted({*by_id, *Subscription.objects.values_list("contact_id", flat=True)})
        for made in CampaignComposer().compose(self.brief, [each for each in ids if by_id[each] in self.people]):
            if isinstance(made, OutgoingMessage):
                yield made.address, "news"


def included(list_id: int) -> list[int]:
    sql, params = audience_sql(Audience(lists=(list_id,)), timezone.now())
    with room() as cursor:
        cursor.execute(f"SELECT contact_id FROM ({sql}) audience WHERE reason IS NULL", params)
        by_id = dict(Contact.with_merged.values_list("pk", "email"))
        return [row[0] for row in cursor.fetchall() if by_id[row[0]] not in _OTHERS]


def suppressed_for(address: str, reason: SuppressionReason) -> bool:
    return Suppression.objects.filter(address_key=address_key(address), reason=reason, lifted_at=None).exists()


def is_held(address: str) -> bool:
    return any(suppressed_for(address, each) for each in (SuppressionReason.COMPLAINT, SuppressionReason.HARD_BOUNCE))


_OTHERS = {"reader@gmail.com"}


@pytest.fixture
def world(db: None, tmp_path: Path) -> None:
    """Two lists, a campaign under way to the first, and one reader, without whom no campaign starts."""
    StreamFactory.create(slug="transactional")
    news, offers = (MailingListFactory.create(slug=slug) for slug in LISTS)
    subscribed(news, email="reader@gmail.com")
    wording = ConsentWordingFactory.create()
    form = SignUpForm.objects.create(slug="letters", title="Our letters", wording=wording)
    form.lists.set([news, offers])
    campaign = sending(mailing_list=news)
    LastWords.brief = mailing_brief(campaign.mailing_id)
    LastWords.folder, LastWords.wording = tmp_path, wording.pk


def live(examples: int, steps: int, *, is_fixed: bool) -> None:
    run_state_machine_as_test(
        LastWords,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=is_fixed,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),
        ),
    )


@pytest.mark.usefixtures("world")
def test_a_no_stays_a_no() -> None:
    live(10, 14, is_fixed=True)


@pytest.mark.parametrize("leaves_all", [False, True])
@pytest.mark.usefixtures("world")
def test_a_no_stays_at_the_address_that_somebody_moved_from(leaves_all: bool) -> None:
    """Found by the lives above: a file that still had the old address brought it back to a list that was left."""
    life = LastWords()
    try:
        for slug in LISTS:
            life.a_file_is_imported(slug=slug, table=[("anna@gmail.com", "")])
        if leaves_all:
            life.they_leave_everything(address="anna@gmail.com")
        else:
            life.they_leave_a_topic(address="anna@gmail.com", slug="news")
        life.they_ask_to_move(address="anna@gmail.com", new="dora@posteo.de")
        life.the_move_is_answered(number=0, stops=False)
        assert life.people["dora@posteo.de"] is not life.people["anna@gmail.com"]
        for slug in LISTS:
            life.a_file_is_imported(slug=slug, table=[("anna@gmail.com", "")])
            life.nobody_is_mailed_who_did_not_say_yes_last()
    finally:
        life.teardown()


@pytest.mark.scale
@pytest.mark.usefixtures("world")
def test_a_no_stays_a_no_through_long_lives() -> None:
    live(40, 30, is_fixed=False)
