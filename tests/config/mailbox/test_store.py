"""The mailbox server's files."""

from pathlib import Path

from config.mailbox.store import Store


def add(store: Store, number: int) -> None:
    store.add(sender="b@huila.example", to=f"p{number}@gmail.com", subject="S", mail="7", content=b"%05d" % number)


def test_the_oldest_go_and_the_totals_stay(tmp_path: Path) -> None:
    store = Store(tmp_path, keep=20, segment=5)
    for number in range(60):
        add(store, number)
        store.note("7", "clicked")
    assert 20 <= len(store) <= 25
    assert len(list(tmp_path.glob("*.segment"))) <= 5
    store.close()

    again = Store(tmp_path, keep=20, segment=5)
    assert again.totals.counts == {"7": {"accepted": 60, "clicked": 60}}
    newest = next(again.newest())
    assert (newest.to, again.content(newest.id)) == ("p59@gmail.com", b"00059")
    assert [arrival.to for arrival in again.newest(to="P5")][:2] == ["p59@gmail.com", "p58@gmail.com"]
    add(again, 60)
    assert next(again.newest()).id == newest.id + 1
