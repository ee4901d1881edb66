"""What content looks like to the apps around it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FooterFacts:
    """What the law wants to read in every marketing mail (CAN-SPAM, CASL): who sends, and from where."""

    organisation: str
    postal_address: str


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
