from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.brand import DARK_GROUND, LIGHT_GROUND, brand_of, contrast

colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(colors)
def test_every_brand_colour_becomes_legible(color: str) -> None:
    brand = brand_of(color)
    assert brand.button == color
    assert contrast(brand.on_button, brand.button) >= 4.5
    assert contrast(brand.on_button, brand.button_hover) >= 4.5
    assert contrast(brand.accent_light, LIGHT_GROUND) >= 4.5
    assert contrast(brand.accent_dark, DARK_GROUND) >= 4.5


def test_contrast_is_what_wcag_says() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_what_is_no_colour_is_not_let_into_a_style_sheet() -> None:
    assert brand_of("red; } body { display: none").button == brand_of("").button == "#84316b"
    assert brand_of("#FF8800").button == "#ff8800"
