"""Where the links of one recipient's mail lead; what Liquid's link tags ask."""

from collections.abc import Sequence

from templates_app.types import MessageLinks


class Destinations:
    """The links of one message, by the names and numbers that compiled content uses."""

    __slots__ = ("links", "targets")

    def __init__(self, links: MessageLinks, targets: Sequence[str]) -> None:
        self.links, self.targets = links, targets

    def url(self, target: str) -> str:
        """The address of `unsubscribe`, `preferences`, `reconfirm` or a link number."""
        if target == "unsubscribe":
            return self.links.unsubscribe_url
        if target == "preferences":
            return self.links.preferences_url
        if target == "reconfirm":
            return self.links.reconfirm_url
        if self.links.click_prefix is not None:
            return f"{self.links.click_prefix}{target}"
        return self.targets[int(target)]

    def personal_url(self, url: str) -> str:
        """The address of a link that was made for this recipient alone."""
        if self.links.dynamic_click and url.lower().startswith(("http://", "https://")):
            return self.links.dynamic_click(url)
        return url

    @property
    def pixel_url(self) -> str | None:
        return self.links.open_pixel_url
