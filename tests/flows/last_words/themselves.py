"""Steps of people themselves, and of their mailboxes and providers."""

from contextlib import suppress as passing_over

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from subscribers.errors import SubscribersError
from subscribers.models import ConsentRecord
from subscribers.services import preferences
from subscribers.services.errands import ask_for_move
from subscribers.services.subscriptions import (
    confirm_subscription,
    request_subscription,
    undo_unsubscribe_all,
    unsubscribe,
    unsubscribe_all,
)
from subscribers.types import Purpose
from tests.flows.last_words.drawn import addresses, chosen, lists, numbers
from tests.flows.last_words.life import Life
from tests.flows.last_words.people import ADDRESSES, LISTS, MOVES_TO, PERSON, Question, Word


class TheirSteps(Life):
    # What people do.

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
