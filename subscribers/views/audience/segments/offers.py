"""What the builder offers to choose from: fields, lists, segments, and the values that a field can hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from deliverability.queries.mailbox_names import provider_names
from subscribers.queries.segments import present_providers
from subscribers.rules.segments.tree import Known
from subscribers.rules.segments.typed import ANY, FIELD
from subscribers.views.audience.segments import words
from subscribers.views.audience.segments.words import Choices, Words


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from."""

    known: Known
    providers: Choices = field(default_factory=list)
    without: int | None = None
    whats: Sequence[tuple[Words, Choices]] = field(default_factory=list)

    @property
    def lists(self) -> Choices:
        return [("", _("Choose a list")), (ANY, _("any list")), *_ids(self.known.lists)]

    @property
    def segments(self) -> Choices:
        others = {key: name for key, name in self.known.segments.items() if key != self.without}
        return [("", _("Choose a segment")), *_ids(others)]

    def options(self, name: str) -> Choices:
        """What a field can hold; empty where it is anything."""
        if name == "mailbox_provider":
            return self.providers
        if name == "lifecycle":
            return list(words.STAGES.items())
        return [(option, option) for option in self.known.fields[name].options]


def offer(known: Known, without: int | None) -> Offer:
    """`without`: a segment cannot contain itself."""
    ours = [(FIELD + name, words.FIELDS.get(name, of.label)) for name, of in known.fields.items() if not of.custom_key]
    custom: Choices = [(FIELD + name, of.label) for name, of in known.fields.items() if of.custom_key]
    groups: list[tuple[Words, Choices]] = [
        (_("The person"), list(ours)),
        (_("Your own fields"), custom),
        (_("Mail"), [("mail", _("A campaign")), ("last_mails", _("Their last campaigns"))]),
        (_("Lists and permission"), [("list", _("A list")), ("consent", _("Permission"))]),
        (_("In your shop or app"), [("activity", _("Something they did"))]),
        (_("Other segments"), [("segment", _("A segment"))]),
    ]
    return Offer(known, _providers(), without, [group for group in groups if group[1]])


def _providers() -> Choices:
    """Those at which anybody is, the big ones first; all of them while nobody is here."""
    present = set(present_providers())
    return [(key, name) for key, name in provider_names() if key in present] or list(provider_names())


def _ids(names: Mapping[int, str]) -> Choices:
    return [(str(key), name) for key, name in names.items()]
