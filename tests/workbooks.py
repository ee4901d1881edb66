"""Writes the smallest workbook that Excel would open, to have one to import."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[str | int]]]) -> Path:
    """Sheets by title, rows of texts and numbers."""
    numbered = list(enumerate(sheets, start=1))
    titles = "".join(f'<sheet name="{escape(title)}" sheetId="{n}" r:id="rId{n}"/>' for n, title in numbered)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n, _ in numbered
    )
    workbook = f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{titles}</sheets></workbook>'
    root = f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types"/>')
        book.writestr("_rels/.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{root}</Relationships>')
        book.writestr("xl/workbook.xml", workbook)
        book.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>'
        )
        for number, title in numbered:
            book.writestr(f"xl/worksheets/sheet{number}.xml", _sheet(sheets[title]))
    return path


def _sheet(rows: Sequence[Sequence[str | int]]) -> str:
    lines = "".join(f'<row r="{n}">{"".join(_cell(cell) for cell in row)}</row>' for n, row in enumerate(rows, start=1))
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
