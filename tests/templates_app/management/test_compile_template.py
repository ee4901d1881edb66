"""The compile command works without a database and fails like a compiler."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories.templates_app import SOURCE


def test_writes_html_and_text_and_lists_merge_tags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "winter.mjml"
    source.write_text(SOURCE)
    call_command("compile_template", str(source), output=tmp_path / "out", json=True)
    result = json.loads(capsys.readouterr().out)
    assert result["merge_tags"] == ["contact.first_name"]
    html = (tmp_path / "out" / "winter.html").read_text()
    assert 'href="https://huila.example/winter"' in html
    assert '{{ contact.first_name | default: "there" }}' in html
    assert "{%" not in html
    assert "See the winter lots (https://huila.example/winter)" in (tmp_path / "out" / "winter.txt").read_text()


def test_the_footer_comes_with_an_organisation(tmp_path: Path) -> None:
    (tmp_path / "winter.mjml").write_text(SOURCE)
    options = {"output": tmp_path, "organisation": "Huila", "postal_address": "Torstraße 1\\n10119 Berlin"}
    call_command("compile_template", str(tmp_path / "winter.mjml"), **options)
    assert "Unsubscribe ({{ unsubscribe_url }})" in (tmp_path / "winter.txt").read_text()
    assert "Huila · Torstraße 1, 10119 Berlin" in (tmp_path / "winter.txt").read_text()


def test_mistakes_are_named_by_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.mjml"
    broken.write_text("<mjml>\n<mj-body>\n<mj-sektion/></mj-body></mjml>")
    with pytest.raises(CommandError, match="2 of 2 files did not compile"):
        call_command("compile_template", str(broken), str(tmp_path / "missing.mjml"), output=tmp_path)
    said = capsys.readouterr().err
    assert f"{broken}:3: <mj-sektion> is not an MJML tag. Did you mean <mj-section>?" in said
    assert "No such file" in said
    assert not (tmp_path / "broken.html").exists()
