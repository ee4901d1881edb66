"""The sizes and themes in which every screen is looked at."""

import pytest

# Two of the four with every run; the other two with the proofs, since what differs by size seldom differs by theme.
every_look = pytest.mark.parametrize(
    ("width", "theme"),
    [
        (1440, "light"),
        (390, "dark"),
        pytest.param(1440, "dark", marks=pytest.mark.matrix),
        pytest.param(390, "light", marks=pytest.mark.matrix),
    ],
)
