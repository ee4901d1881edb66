"""`.env.example` is the documentation of the configuration."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_documents_every_variable_that_settings_read_and_no_other() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "config" / "settings.py").read_text()))
    read |= set(re.findall(r"\$\{(\w+):", (ROOT / "Procfile").read_text() + (ROOT / "compose.yaml").read_text()))
    documented = set(re.findall(r"^(?:# )?(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == documented
