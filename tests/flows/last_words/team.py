"""Steps of the team that change permission: files, merges, requests by letter, silence."""

from contextlib import suppress as passing_over

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.services.permission import SENDWELL
from deliverability.types import SuppressionReason
from subscribers.errors import SubscribersError
from subscribers.models import Contact, ImportRun
from subscribers.services.contacts import add_contact
from subscribers.services.imports import ImportOrder, import_contacts, start_undo, undo_import
from subscribers.services.merging import merge_contacts
from subscribers.services.moving import confirm_move, stop_move
from subscribers.services.rights import end_restriction, erase_contact, object_to_marketing, restrict
from subscribers.services.sunset import judge_people
from subscribers.types import Basis
from tests.flows.last_words.drawn import addresses, lists, numbers, rows
from tests.flows.last_words.life import Life
from tests.flows.last_words.paths import is_held, suppressed_for
from tests.flows.last_words.people import LISTS, PERSON, Person, Word


class TeamSteps(Life):
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
