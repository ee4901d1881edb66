"""Pairs of contacts who may be one person, and what a merge of two would come to, side by side."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from subscribers.models import Contact, CustomField, DuplicatePair, MailingList
from subscribers.queries.words import words_of
from subscribers.rules.known_values import OWN, filled, is_blank
from subscribers.rules.merging import Outcome, Standing, settle

ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class DuplicatePage:
    """`older` is the pair to go on below, 0 at the end."""

    pairs: list[DuplicatePair]
    older: int


@dataclass(frozen=True, slots=True)
class ValueRow:
    """What both know of one thing, and what holds afterwards."""

    name: str
    label: str
    kept: Any
    merged: Any
    after: Any

    @property
    def is_conflict(self) -> bool:
        return not is_blank(self.kept) and not is_blank(self.merged) and self.kept != self.merged


@dataclass(frozen=True, slots=True)
class ListRow:
    name: str
    kept: Standing
    merged: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Comparison:
    kept: Contact
    merged: Contact
    values: list[ValueRow]
    lists: list[ListRow]
    outcome: Outcome


def duplicate_page(*, below: int = 0) -> DuplicatePage:
    """The newest pairs first."""
    found = DuplicatePair.objects.select_related("first", "second").order_by("-pk")
    pairs = list((found.filter(pk__lt=below) if below else found)[: ON_A_PAGE + 1])
    return DuplicatePage(pairs[:ON_A_PAGE], pairs[ON_A_PAGE - 1].pk if len(pairs) > ON_A_PAGE else 0)


def duplicates_of(contact_id: int) -> list[Contact]:
    """Who may be the same person as this one."""
    found = DuplicatePair.objects.filter(Q(first=contact_id) | Q(second=contact_id)).select_related("first", "second")
    return [pair.second if pair.first_id == contact_id else pair.first for pair in found[:5]]


def compare_contacts(keep_id: int, merge_id: int) -> Comparison | None:
    """By the very rules that `services.merging` follows; None where one of them is not there, or is no other one."""
    found = Contact.objects.in_bulk([keep_id, merge_id])
    if len(found) < 2:
        return None
    kept, merged = found[keep_id], found[merge_id]
    words, others = words_of(kept), words_of(merged)
    outcome = settle(words, others)
    names = MailingList.objects.in_bulk([each.list_id for each in outcome.lists])
    lists = [
        ListRow(
            names[each.list_id].name,
            words.lists.get(each.list_id, Standing()),
            others.lists.get(each.list_id, Standing()),
            each.standing,
        )
        for each in outcome.lists
        if each.list_id in names
    ]
    return Comparison(kept, merged, _values(kept, merged), lists, outcome)


def _values(kept: Contact, merged: Contact) -> list[ValueRow]:
    own, other = (_known(each) for each in (kept, merged))
    after = filled(own, other)
    labels = dict(CustomField.objects.values_list("key", "label"))
    names = [*OWN, *sorted({*kept.attributes, *merged.attributes})]
    return [
        ValueRow(name, labels.get(name, ""), own.get(name), other.get(name), after.get(name))
        for name in names
        if not is_blank(after.get(name))
    ]


def _known(contact: Contact) -> dict[str, Any]:
    return {**contact.attributes, **{name: getattr(contact, name) for name in OWN}}
