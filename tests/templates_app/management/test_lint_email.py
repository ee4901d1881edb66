"""The lint command works without a database and speaks JSON."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_a_line_of_json_for_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, source, broken = tmp_path / "a.html", tmp_path / "b.mjml", tmp_path / "c.mjml"
    page.write_text('<p>Hello</p>\n<img src="cup.png" style="object-fit:cover">')
    source.write_text(
        '<mjml><mj-body><mj-section><mj-column><mj-image src="a.png"/></mj-column></mj-section></mj-body></mjml>'
    )
    broken.write_text("<mjml>\n<mj-body>\n<mj-sektion/></mj-body></mjml>")
    call_command("lint_email", str(page), str(source), str(broken), json=True)
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["file"] == str(page)
    missing = next(one for one in first["findings"] if one["id"] == "alt-missing")
    assert missing.keys() == {"id", "severity", "message", "feature", "line", "selector", "clients"}
    assert (missing["severity"], missing["line"], missing["selector"]) == ("error", 2, "img")
    assert "css-object-fit" in {one["feature"] for one in first["findings"]}
    assert "image-only" in {one["id"] for one in second["findings"]}
    assert "unsubscribe-missing" not in {one["id"] for one in second["findings"]}, "our footer brings it"
    assert (third["findings"][0]["id"], third["findings"][0]["line"]) == ("not-compiled", 3)


def test_for_people_it_ends_as_a_compiler_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "a.html"
    page.write_text('<html><body><p>Hello</p><img src="cup.png"></body></html>')
    with pytest.raises(CommandError, match=r"errors\. Each would block sending"):
        call_command("lint_email", str(page), transactional=True)
    said = capsys.readouterr().out
    assert f"{page}:1: error: The image cup.png has no alt text." in said
    assert "whoever blocks images sees nothing. [alt-missing]" in said, "with the reason"


def test_what_the_inbox_shows_is_checked_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "a.html"
    page.write_text("<p>Hello</p>")
    options = {"subject": "Re: your order", "from_email": "no-reply@gmail.com"}
    call_command("lint_email", str(page), json=True, **options)
    ids = {one["id"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert {"fake-reply", "preheader-missing", "sender-freemail", "sender-no-reply"} <= ids


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"No such file or directory: .*Check the path"):
        call_command("lint_email", str(tmp_path / "missing.html"))
