import pytest

from subscribers.rules.masking import mask_address


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("alice@gmail.com", "a•••e@gmail.com"),
        ("bob@gmail.com", "b•••@gmail.com"),
        ("x@gmail.com", "x•••@gmail.com"),
    ],
)
def test_the_owner_knows_it_and_others_do_not(address: str, masked: str) -> None:
    assert mask_address(address) == masked
