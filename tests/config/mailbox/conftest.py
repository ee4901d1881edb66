"""A running mailbox server for tests."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config.embedded.postgres import free_port


@dataclass
class Mailbox:
    smtp_port: int
    http_port: int
    process: "subprocess.Popen[bytes]"

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=5) as answer:
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, {}, error.read().decode()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[2])


Start = Callable[..., Mailbox]


@pytest.fixture
def mailbox_folder(tmp_path: Path) -> Path:
    return tmp_path / "mailbox"


@pytest.fixture
def start(mailbox_folder: Path) -> Iterator[Start]:
    running: list[Mailbox] = []

    def begin(*options: str) -> Mailbox:
        smtp_port, http_port = free_port(), free_port()
        command = [sys.executable, "-m", "config.mailbox", "--folder", str(mailbox_folder)]
        command += ["--smtp-port", str(smtp_port), "--http-port", str(http_port), *options]
        mailbox = Mailbox(smtp_port, http_port, subprocess.Popen(command))
        running.append(mailbox)
        deadline = time.monotonic() + 20
        while True:
            try:
                mailbox.get("/api/counts")
                return mailbox
            except OSError:
                assert time.monotonic() < deadline, "the mailbox server did not start"
                time.sleep(0.05)

    yield begin
    for mailbox in running:
        mailbox.process.kill()
        mailbox.process.wait(5)
