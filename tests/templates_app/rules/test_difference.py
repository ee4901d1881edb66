"""Comparing two texts line by line."""

from templates_app.rules.difference import Line, compare


def test_equal_texts_have_no_difference() -> None:
    assert compare("a\nb\n", "a\nb") == []


def test_changes_come_with_their_neighbours_and_numbers() -> None:
    older = "\n".join(f"line {number}" for number in range(1, 21))
    places = compare(older, older.replace("line 5", "LINE 5").replace("line 18\n", ""))
    assert len(places) == 2
    first, second = places
    assert first[0] == Line("same", 2, 2, "line 2")
    assert first[3:5] == [Line("removed", 5, None, "line 5"), Line("added", None, 5, "LINE 5")]
    assert Line("removed", 18, None, "line 18") in second
    assert second[-1] == Line("same", 20, 19, "line 20")
