"""A worker's memory does not grow with the mailing."""

from pathlib import Path

import pytest

from tests.chaos.installation import Installation


@pytest.mark.scale
@pytest.mark.timeout(290)
def test_a_worker_weighs_the_same_for_ten_thousand_and_a_million(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = Installation(tmp_path, monkeypatch, "file")
    installation.start()
    try:
        assert installation.run("weigh", 10_000, 1_000_000).wait() == 0, installation.log.read_text()
        assert float(installation.log.read_text().split()[-1]) < 20
    finally:
        installation.stop()
