import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliverability.rules.hits import Hit, pack_hit, readable_ip, unpack_hit
from deliverability.rules.targets import read_number, redirectable
from deliverability.types import EventKind

PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300)


@given(st.sampled_from([EventKind.OPENED, EventKind.CLICKED]), st.none() | st.integers(0, 32767), PLAIN, PLAIN)
def test_a_hit_comes_back_as_it_was(kind: EventKind, link: int | None, agent: str, target: str) -> None:
    hit = Hit(kind, 4_000_000_000, 2**47, link=link, agent=agent, target=target, ip="2001:db8::1")
    assert unpack_hit(pack_hit(hit)) == hit


@given(st.text(max_size=300))
def test_no_agent_can_add_a_field_or_a_nul(agent: str) -> None:
    unpacked = unpack_hit(pack_hit(Hit(EventKind.OPENED, 1, 2, agent=agent)))
    assert unpacked.recipient_id == 2
    assert not set(unpacked.agent) & {"\t", "\0", "\n"}


@given(st.binary())
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        unpack_hit(rubbish)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", None),
        ("", None),
    ],
)
def test_addresses_are_read_from_what_proxies_write(text: str, address: str | None) -> None:
    assert readable_ip(text) == address


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//evil.example", "/path", "mailto:a@b.example", "http://", "http://[x", ""]
)
def test_only_web_addresses_are_redirected_to(url: str) -> None:
    assert redirectable(url) is None


@given(st.text())
def test_a_redirect_is_always_plain_ascii(rest: str) -> None:
    url = redirectable("https://shop.example/" + rest)
    assert url is not None
    assert url.isascii()
    assert not set(url) & set(' \r\n\t"<>')


@pytest.mark.parametrize("text", ["-1", "1.0", "١", "²", "", "123456", " 1"])
def test_only_our_way_of_writing_numbers_is_read(text: str) -> None:
    assert read_number(text) is None
