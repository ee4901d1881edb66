"""Vendored files are what SHA256SUMS says they are."""

import hashlib

from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"


def test_every_vendored_file_has_the_hash_that_is_written_down() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    written = {path: digest for digest, path in (line.split() for line in lines)}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*/**/*")
    }
    assert found == written


def test_every_folder_has_its_licence() -> None:
    assert [path.name for path in VENDOR.iterdir() if path.is_dir() and not (path / "LICENSE").exists()] == []


def test_no_script_asks_for_a_source_map_that_is_not_there() -> None:
    assert [path for path in VENDOR.glob("*/*.js") if "sourceMappingURL" in path.read_text()] == []
