import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_line_of_json_for_each_line_and_no_database() -> None:
    agents = [
        "curl/8.5.0",
        "Mozilla/5.0",
        "Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0",
        "",
        "\xff",
    ]
    nowhere = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    result = subprocess.run(
        [sys.executable, "manage.py", "classify_agent", "--json"],
        input="\n".join(agents).encode("latin-1") + b"\n",
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **nowhere},
        timeout=60,
    )
    assert result.returncode == 0, result.stderr.decode()
    answers = [json.loads(line) for line in result.stdout.decode().splitlines()]
    assert [answer["kind"] for answer in answers] == ["machine", "proxy", "human", "machine", "machine"]
    assert [answer["agent"] for answer in answers[:4]] == agents[:4]
