"""Makes any brand colour legible: WCAG 2.2 contrast on the grounds of the public pages and mails."""

import re
from dataclasses import dataclass

_HEX = re.compile(r"#[0-9a-fA-F]{6}").fullmatch
FALLBACK = "#84316b"
# The surfaces of static/app/tokens.css on which brand-coloured text stands.
LIGHT_GROUND, DARK_GROUND = "#f6f4f1", "#292521"
# AA for text is 4.5; a little more forgives rounding and anti-aliasing.
READABLE = 4.6


@dataclass(frozen=True, slots=True)
class Brand:
    """`button` carries `on_button`; the two accents are text and outlines on a light and on a dark ground."""

    button: str
    button_hover: str
    on_button: str
    accent_light: str
    accent_dark: str


def brand_of(color: str) -> Brand:
    """The brand in legible colours; what is no colour gives Sendwell's own."""
    button = color.lower() if _HEX(color) else FALLBACK
    # On any colour one of these two reaches 4.58; a softer black would leave a gap between them.
    on_button, away = max(("#ffffff", "#000000"), ("#000000", "#ffffff"), key=lambda ink: contrast(ink[0], button))
    return Brand(
        button=button,
        button_hover=_mix(button, away, 0.12),
        on_button=on_button,
        accent_light=_towards(button, "#000000", LIGHT_GROUND),
        accent_dark=_towards(button, "#ffffff", DARK_GROUND),
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """How the brand looks on one ground: `ratio` of `ink` on `ground`, and whether it had to differ from the brand."""

    name: str
    ground: str
    ink: str
    ratio: float
    is_adjusted: bool


def grounds(color: str) -> list[Ground]:
    """The brand where subscribers meet it: on a button, and as a link on a light and on a dark page."""
    brand = brand_of(color)
    pairs = (
        ("button", brand.button, brand.on_button, False),
        ("light", LIGHT_GROUND, brand.accent_light, brand.accent_light != brand.button),
        ("dark", DARK_GROUND, brand.accent_dark, brand.accent_dark != brand.button),
    )
    return [Ground(name, ground, ink, round(contrast(ink, ground), 1), is_new) for name, ground, ink, is_new in pairs]


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _towards(color: str, end: str, ground: str) -> str:
    """The first mixture of a colour with black or white that is legible on the ground."""
    for step in range(21):
        mixed = _mix(color, end, step / 20)
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return end


def _mix(color: str, end: str, share: float) -> str:
    channels = zip(_channels(color), _channels(end), strict=True)
    return "#" + "".join(f"{round(start + (stop - start) * share):02x}" for start, stop in channels)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
