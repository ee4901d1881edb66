"""caniemail.com's test results as we ship them: which program lacks which feature (MIT, see caniemail-LICENSE)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("caniemail.json")
# Where most people read their mail; what fails there concerns every sender.
MAJOR = ("Apple Mail", "Gmail", "Outlook", "Yahoo! Mail")


@dataclass(frozen=True, slots=True)
class Feature:
    """`lacking` and `partial` name programs such as "Gmail (Android)", as their newest tested versions do."""

    slug: str
    title: str
    tested: int
    lacking: tuple[str, ...]
    partial: tuple[str, ...]

    @property
    def lacking_major(self) -> list[str]:
        return [client for client in self.lacking if client.startswith(MAJOR)]


@cache
def features() -> Mapping[str, Feature]:
    """All features by slug."""
    shipped = json.loads(DATA.read_text(encoding="utf-8"))
    return {
        slug: Feature(slug, one["title"], one["tested"], tuple(one["no"]), tuple(one["partly"]))
        for slug, one in shipped["features"].items()
    }


def condense(published: Mapping[str, Any]) -> dict[str, Any]:
    """What we ship of caniemail.com's `api/data.json`: of each program the newest version that was tested.

    Raises KeyError when the file is another one.
    """
    names = published["nicenames"]
    found = {}
    for feature in published["data"]:
        newest = {
            _client(names, family, platform): list(versions.values())[-1].split()[0]
            for family, platforms in feature["stats"].items()
            for platform, versions in platforms.items()
            if versions
        }
        found[feature["slug"]] = {
            "title": feature["title"],
            "tested": sum(support != "u" for support in newest.values()),
            "no": sorted(client for client, support in newest.items() if support == "n"),
            "partly": sorted(client for client, support in newest.items() if support == "a"),
        }
    return {"source": "https://www.caniemail.com", "updated": published["last_update_date"][:10], "features": found}


def _client(names: Mapping[str, Any], family: str, platform: str) -> str:
    return f"{names['family'].get(family, family)} ({names['platform'].get(platform, platform)})"
