"""Tracking in a mail that is being written, and the port through which the apps above say who allows it."""

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, Protocol
from urllib.parse import quote

from deliverability.queries import tokens
from deliverability.types import EventKind, MailingBrief


class TrackingConsent(Protocol):
    """Says, at the moment of a hit, who of the recipients allows it to be recorded, and at which mailbox provider
    they are: `kind` is OPENED or CLICKED; whoever is missing from the answer leaves no trace."""

    def __call__(self, kind: EventKind, recipient_ids: Collection[int]) -> Mapping[int, str]: ...


class TrackingLinks(NamedTuple):
    """The tracked URLs of one mail; None stands for what its reader does not allow."""

    click_prefix: str | None
    open_pixel_url: str | None
    dynamic_click: Callable[[str], str] | None


def _nobody(kind: EventKind, recipient_ids: Collection[int]) -> Mapping[int, str]:
    return {}


_consent: TrackingConsent = _nobody


def register_tracking_consent(check: TrackingConsent) -> None:
    """Called from AppConfig.ready. Until then nobody has consented."""
    global _consent
    _consent = check


def tracking_consent(kind: EventKind, recipient_ids: Collection[int]) -> Mapping[int, str]:
    """Those of the recipients who allow this now, each with their mailbox provider."""
    return _consent(kind, recipient_ids)


def tracking_links(*, brief: MailingBrief, token: str, opens: bool, clicks: bool) -> TrackingLinks:
    """For composers: `click_prefix` + link number is a click; `dynamic_click(url)` one that only this mail leads to."""
    base = f"{brief.tracking_url}/t"
    return TrackingLinks(
        click_prefix=f"{base}/c/{token}/" if clicks else None,
        open_pixel_url=f"{base}/o/{token}" if opens else None,
        dynamic_click=_dynamic_click(base, token) if clicks else None,
    )


def _dynamic_click(base: str, token: str) -> Callable[[str], str]:
    return lambda url: f"{base}/x/{token}/{tokens.sign_target(token, url)}?u={quote(url, safe='')}"
