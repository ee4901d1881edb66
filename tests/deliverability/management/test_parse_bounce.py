import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from manage import WITHOUT_SERVICES
from tests.deliverability.rules.bounces.mails import answer, dsn

ROOT = Path(__file__).parents[3]
NOWHERE = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **NOWHERE},
        timeout=60,
    )


def test_a_line_of_json_for_each_file_and_no_database(tmp_path: Path) -> None:
    bounce, letter = tmp_path / "bounce.eml", tmp_path / "letter.eml"
    bounce.write_bytes(dsn("Final-Recipient: rfc822; anna@example.org\nAction: failed\nStatus: 5.1.1"))
    letter.write_bytes(answer("Re: Coffee"))
    result = run("parse_bounce", str(bounce), str(letter), "--json")
    assert result.returncode == 0, result.stderr.decode()
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {
            "file": str(bounce),
            "results": [{"recipient": "anna@example.org", "class": "hard", "status": "5.1.1"}],
        },
        {"file": str(letter), "results": []},
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.eml could not be read"):
        call_command("parse_bounce", str(tmp_path / "none.eml"), "--json")


def test_replies_are_judged(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("classify_reply", "550 5.1.1 User unknown", "250 2.0.0 Ok", "--json")
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first == {
        "reply": "550 5.1.1 User unknown",
        "class": "hard",
        "kind": "hard",
        "action": "suppress",
        "rule": "bad-address",
        "status": "5.1.1",
    }
    assert second["kind"] == "accepted"


def test_replies_are_read_from_a_pipe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    replies = b"452 4.2.2 Mailbox full\n550 5.7.1 Blocked by Spamhaus\n\xff\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(replies)))
    call_command("classify_reply")
    assert [line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["mailbox-full", "retry"],
        ["block", "hold_stream"],
        ["other", "fail"],
    ]


def test_both_commands_start_no_services() -> None:
    assert {"parse_bounce", "classify_reply"} <= WITHOUT_SERVICES
