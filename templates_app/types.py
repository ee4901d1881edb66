"""What content looks like to the apps around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class FooterFacts:
    """What the law wants to read in every marketing mail (CAN-SPAM, CASL): who sends, and from where."""

    organisation: str
    postal_address: str
    # Where readers fetch the sender's mark; empty for none.
    logo_url: str = ""


@dataclass(frozen=True, slots=True)
class CompiledContent:
    """MJML made ready: HTML and text in which Liquid and numbered links are still open.

    `links` holds the targets of tracked links; the index is the link's number. `merge_tags` lists the paths that
    the content reads, e.g. `contact.first_name`.
    """

    subject: str
    html: str
    text: str
    links: tuple[str, ...]
    merge_tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageLinks:
    """The addresses that one recipient's mail leads to.

    `click_prefix` + link number is a tracked link; None sends clicks straight to their targets. A link that
    Liquid makes anew for each recipient goes through `dynamic_click` instead, where that is given. No
    `open_pixel_url`, no pixel.
    """

    unsubscribe_url: str
    preferences_url: str
    click_prefix: str | None = None
    open_pixel_url: str | None = None
    dynamic_click: Callable[[str], str] | None = None
    # Where the person confirms anew that they want this mail.
    reconfirm_url: str = ""


@dataclass(frozen=True, slots=True)
class PreviewedMail:
    """One person's mail as it would be sent. `size` is the HTML's in octets, of which Gmail shows 102 kB."""

    subject: str
    preheader: str
    html: str
    text: str
    size: int


class Person(NamedTuple):
    """Somebody whose data can fill a preview."""

    id: int
    label: str


class People(Protocol):
    """The port through which the app above lends its people to previews; templates know none themselves."""

    def tags(self) -> frozenset[str]:
        """Every merge tag that reads a contact, such as `contact.first_name`."""
        ...

    def sample(self) -> dict[str, Any]:
        """A person who does not exist, with a value for every field."""
        ...

    def values(self, contact_id: int) -> dict[str, Any] | None:
        """The fields of one contact, as `contact` in Liquid; None if there is none."""
        ...

    def find(self, words: str, *, limit: int) -> Sequence[Person]:
        """Contacts whose address or name begins with these words."""
        ...
