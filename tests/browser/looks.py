"""The sizes and themes in which every screen is looked at."""

import pytest

# One of the four with every run, the tightest; the others with the proofs.
every_look = pytest.mark.parametrize(
    ("width", "theme"),
    [
        (390, "dark"),
        pytest.param(1440, "light", marks=pytest.mark.matrix),
        pytest.param(1440, "dark", marks=pytest.mark.matrix),
        pytest.param(390, "light", marks=pytest.mark.matrix),
    ],
)
