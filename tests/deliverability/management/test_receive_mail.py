import io
from pathlib import Path
from typing import NoReturn

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from deliverability.management.commands import receive_mail as command
from deliverability.models import InboundMail, Inbox


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))


@pytest.mark.django_db
def test_a_mail_from_the_pipe_is_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pipe(monkeypatch, b"Subject: \xff\r\n\r\n\x00")
    call_command("receive_mail", "--source", "aliases")
    assert InboundMail.objects.get().source == "aliases"
    assert capsys.readouterr().out.startswith("Nothing to record.")


def test_without_a_database_the_mail_server_is_asked_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> NoReturn:
        raise OperationalError("no route")

    pipe(monkeypatch, b"Subject: x\n\nx")
    monkeypatch.setattr(command, "receive_mail", refuse)
    with pytest.raises(CommandError) as refused:
        call_command("receive_mail")
    assert refused.value.returncode == 75


@pytest.mark.django_db
def test_inboxes_are_read_on_demand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("new", "cur"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1").write_bytes(b"Subject: x\n\nx")
    Inbox.objects.create(name="local", kind=Inbox.Kind.MAILDIR, path=str(tmp_path))
    call_command("collect_mail", "--inbox", "local")
    assert capsys.readouterr().out == "local: 1 received.\n"
    with pytest.raises(CommandError, match="No inbox is called"):
        call_command("collect_mail", "--inbox", "elsewhere")
