"""Encodings, delimiters and broken quotes: how a file becomes rows."""

import io

import pytest

from subscribers.rules.imports.dialects import Dialect, dialect_of
from subscribers.rules.imports.encodings import encoding_of, survey_bytes, why_not_text
from subscribers.rules.imports.records import BrokenRow, TooBroken, read_rows

GERMAN = [
    ("E-Mail", "Vorname", "Nachname", "Ort"),
    ("jürgen@example.com", "Jürgen", "Groß", "Köln"),
    ("zoë@example.com", "Zoë", 'Müller "Zoe"', "Zürich, Schweiz; Nord | Ost\tWest"),
    ("rene@example.com", "René", "Lefèvre\nfils", "Orléans"),
]
RUSSIAN = [("email", "имя"), ("ivan@example.com", "Иван Петрович Сидоров"), ("olga@example.com", "Ольга Смирнова")]
JAPANESE = [
    ("email", "名前"),
    ("taro@example.com", "山田太郎さん、東京都"),
    ("hanako@example.com", "鈴木花子さん、大阪府"),
]


def written(rows: list[tuple[str, ...]], delimiter: str, encoding: str) -> bytes:
    quoted = (delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return "\r\n".join(quoted).encode(encoding)


def read_back(data: bytes) -> list[list[str] | BrokenRow]:
    survey = survey_bytes([data])
    text = data.decode(encoding_of(survey)).removeprefix("\ufeff")
    return list(read_rows(io.StringIO(text, newline=""), dialect_of(text, ends_within_row=False)))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "rows"),
    [
        (name, GERMAN)
        for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1")
    ]
    + [("cp1251", RUSSIAN), ("shift_jis", JAPANESE), ("utf-8", RUSSIAN), ("utf-16", JAPANESE)],
)
def test_every_encoding_and_delimiter_reads_back(encoding: str, rows: list[tuple[str, ...]], delimiter: str) -> None:
    assert read_back(written(rows, delimiter, encoding)) == [list(row) for row in rows]


def test_an_umlaut_far_behind_the_sample_still_counts() -> None:
    data = b"email,name\r\n" + b"a@example.com,Anna\r\n" * 20_000 + "z@example.com,Zoë\r\n".encode("cp1252")
    blocks = [data[at : at + 65_536] for at in range(0, len(data), 65_536)]
    assert encoding_of(survey_bytes(blocks)) == "cp1252"


def test_a_character_cut_by_a_block_is_still_utf8() -> None:
    data = "email,name\na@example.com,Zoë\n".encode()
    assert encoding_of(survey_bytes([data[:-2], data[-2:]])) == "utf-8"
    cut = data.index("ë".encode()) + 1
    assert encoding_of(survey_bytes([data[:cut], data[cut:]])) == "utf-8"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n\r\n", "empty"),
        (b"PK\x03\x04rest", "Save as"),
        (b"\xd0\xcf\x11\xe0rest", "Save as"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "Unpack"),
        (bytes(range(256)) * 8 + bytes(900), "binary"),
    ],
)
def test_what_is_no_csv_is_named_with_a_way_out(data: bytes, word: str) -> None:
    assert word in str(why_not_text(survey_bytes([data])))


def test_excels_separator_line_is_obeyed_and_is_no_row() -> None:
    dialect = dialect_of("sep=|\r\nNamn|E-post\r\nAnna|a@example.com\r\n", ends_within_row=False)
    assert dialect == Dialect(delimiter="|", skip_lines=1)


def test_commas_inside_cells_do_not_outvote_the_semicolon() -> None:
    text = "E-Mail;Name;Note\na@example.com;Schmidt, Anna;x, y, z\nb@example.com;Groß, Bert;u, v, w\n"
    assert dialect_of(text, ends_within_row=False).delimiter == ";"


def test_single_quotes_are_recognised() -> None:
    text = "'email','name'\n'a@example.com','Schmidt, Anna'\n"
    dialect = dialect_of(text, ends_within_row=False)
    assert list(read_rows(io.StringIO(text, newline=""), dialect))[1] == ["a@example.com", "Schmidt, Anna"]


def test_an_unclosed_quote_costs_its_own_row_only() -> None:
    text = 'email,name\na@x.org,Anna\nb@x.org,"Bert\nc@x.org,Carla\nd@x.org,"Dora"\ne@x.org,Emil\n'
    rows = list(read_rows(io.StringIO(text, newline=""), Dialect()))
    assert isinstance(rows[2], BrokenRow)
    assert rows[2].text == 'b@x.org,"Bert'
    assert [row[0] for row in rows if isinstance(row, list)] == ["email", "a@x.org", "c@x.org", "d@x.org", "e@x.org"]


def test_a_quote_unclosed_to_the_end_of_a_long_file_loses_no_later_row() -> None:
    text = 'email,name\nb@x.org,"Bert\n' + "".join(f"p{n}@x.org,Paul\n" for n in range(20_000))
    rows = list(read_rows(io.StringIO(text, newline=""), Dialect()))
    assert sum(isinstance(row, BrokenRow) for row in rows) == 1
    assert len(rows) == 20_002


def test_a_file_full_of_stray_quotes_is_given_up() -> None:
    text = "email,name\n" + 'a@x.org,"Anna" x\n' * 1_500
    with pytest.raises(TooBroken):
        list(read_rows(io.StringIO(text, newline=""), Dialect()))


def test_a_cell_of_several_lines_is_one_row_and_a_blank_line_is_one_too() -> None:
    text = 'email,note\na@x.org,"two\nlines"\n\nb@x.org,x\n'
    rows = list(read_rows(io.StringIO(text, newline=""), Dialect()))
    assert rows == [["email", "note"], ["a@x.org", "two\nlines"], [], ["b@x.org", "x"]]
