"""Quoted-printable pieces may be spliced anywhere."""

import quopri

from hypothesis import given
from hypothesis import strategies as st

from templates_app.rules.merge.quoted_printable import encode
from tests.templates_app.content import assert_legal

TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
    st.text(alphabet=". =\n\tä", max_size=400),
)


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_spliced_pieces_decode_to_the_text(texts: list[str]) -> None:
    data = b"".join(encode(text) for text in texts)
    assert quopri.decodestring(data).replace(b"\r\n", b"\n").decode() == "".join(texts)
    assert_legal(b"\r\n" + data if data else b"\r\n")


def test_pieces_hold_nothing_that_a_relay_would_touch() -> None:
    assert encode(".hidden") == b"=2Ehidden=\r\n"
    assert encode("two  blanks ") == b"two =20blanks=20=\r\n"
    assert encode("end \nnext") == b"end=20\r\nnext=\r\n"
