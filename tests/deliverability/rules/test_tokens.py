from hypothesis import given
from hypothesis import strategies as st

from deliverability.rules.tokens import TOKEN_LENGTH, read_token, sign_token

KEY = b"a key"


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**48 - 1))
def test_a_token_brings_back_whom_it_was_signed_for(mailing: int, recipient: int) -> None:
    token = sign_token(KEY, mailing, recipient)
    assert len(token) == TOKEN_LENGTH
    assert read_token(KEY, token) == (mailing, recipient)
    assert read_token(b"another key", token) is None


@given(st.integers(0, TOKEN_LENGTH - 1), st.characters())
def test_no_changed_character_is_accepted(position: int, character: str) -> None:
    token = sign_token(KEY, 7, 1234)
    changed = token[:position] + character + token[position + 1 :]
    assert changed == token or read_token(KEY, changed) is None


@given(st.text())
def test_rubbish_is_refused_without_an_exception(rubbish: str) -> None:
    assert read_token(KEY, rubbish) is None
