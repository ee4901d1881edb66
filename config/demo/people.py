"""Invents the people of the demo, the same ones every time."""

import csv
import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from faker import Faker

SEED = 20_261_124
HEADER = ("Email", "First name", "Last name", "Language", "Country", "Time zone", "City", "Tier", "Points")
# What real exports hold, too; the import says of each why it was left out.
BROKEN = (("no address", "Nobody"), ("two@gmail.com, addresses@gmail.com", "Two"), ("trailing.@gmail.com", "Dot"))
_NAMES_PER_PLACE = 400
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "ł": "l", "đ": "d"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where some of the people live; `mail` weighs their mailbox providers' domains."""

    share: int
    faker: str
    locale: str
    country: str
    time_zone: str
    cities: tuple[str, ...]
    mail: dict[str, int]


PLACES = (
    Place(
        26, "de_DE", "de", "DE", "Europe/Berlin", ("Berlin", "Hamburg", "Köln", "Leipzig", "München"),
        {"gmail.com": 30, "gmx.de": 20, "web.de": 18, "t-online.de": 12, "outlook.de": 8, "icloud.com": 6},
    ),
    Place(
        20, "en_GB", "en-GB", "GB", "Europe/London", ("London", "Bristol", "Leeds", "Glasgow", "Cardiff"),
        {"gmail.com": 48, "hotmail.co.uk": 18, "yahoo.co.uk": 12, "icloud.com": 12, "btinternet.com": 10},
    ),
    Place(
        14, "en_US", "en-US", "US", "America/New_York", ("New York", "Portland", "Austin", "Chicago", "Boston"),
        {"gmail.com": 55, "yahoo.com": 18, "outlook.com": 10, "icloud.com": 9, "comcast.net": 5, "aol.com": 3},
    ),
    Place(
        14, "fr_FR", "fr", "FR", "Europe/Paris", ("Paris", "Lyon", "Marseille", "Nantes", "Lille"),
        {"gmail.com": 38, "orange.fr": 18, "free.fr": 14, "hotmail.fr": 12, "laposte.net": 10, "wanadoo.fr": 8},
    ),
    Place(
        9, "es_ES", "es", "ES", "Europe/Madrid", ("Madrid", "Barcelona", "Valencia", "Sevilla", "Bilbao"),
        {"gmail.com": 58, "hotmail.es": 22, "yahoo.es": 12, "outlook.es": 8},
    ),
    Place(
        8, "it_IT", "it", "IT", "Europe/Rome", ("Roma", "Milano", "Torino", "Napoli", "Bologna"),
        {"gmail.com": 50, "libero.it": 24, "virgilio.it": 10, "hotmail.it": 10, "tim.it": 6},
    ),
    Place(
        5, "pl_PL", "pl", "PL", "Europe/Warsaw", ("Warszawa", "Kraków", "Gdańsk", "Wrocław"),
        {"gmail.com": 50, "wp.pl": 25, "onet.pl": 15, "interia.pl": 10},
    ),
    Place(
        4, "ja_JP", "ja", "JP", "Asia/Tokyo", ("東京", "大阪", "京都", "福岡"),
        {"gmail.com": 60, "yahoo.co.jp": 25, "icloud.com": 15},
    ),
)  # fmt: skip


def write_people(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """A CSV as a shop system exports it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows)


def invent_people(count: int) -> Iterator[list[str]]:
    """Rows under HEADER. "demo" and a number in every address keep them clear of anybody's real mailbox."""
    dice = random.Random(SEED)  # noqa: S311  nothing secret: the same people each time
    names = {place.faker: _names_of(place.faker, number) for number, place in enumerate(PLACES)}
    weights = [place.share for place in PLACES]
    for number in range(1, count + 1):
        place = dice.choices(PLACES, weights)[0]
        name = dice.choice(names[place.faker])
        domain = dice.choices(list(place.mail), list(place.mail.values()))[0]
        tier = dice.choices(("gold", "silver", ""), (6, 20, 74))[0]
        yield [
            f"{name.latin}.demo{number}@{domain}",
            # Some people tell only their address.
            name.first if dice.random() < 0.9 else "",
            name.last if dice.random() < 0.8 else "",
            place.locale,
            place.country,
            place.time_zone,
            dice.choice(place.cities),
            tier,
            str(dice.randrange(0, 400)) if tier else "",
        ]


@dataclass(frozen=True, slots=True)
class _Name:
    first: str
    last: str
    # As it stands in an address.
    latin: str


def _names_of(locale: str, seed: int) -> list[_Name]:
    """A few hundred names to draw from: inventing one takes longer than anything else here."""
    faker = Faker(locale)
    faker.seed_instance(SEED + seed)
    return [_name(faker, locale) for _ in range(_NAMES_PER_PLACE)]


def _name(faker: Faker, locale: str) -> _Name:
    first, last = faker.first_name(), faker.last_name()
    romanised = (faker.first_romanized_name(), faker.last_romanized_name()) if locale == "ja_JP" else (first, last)
    return _Name(first, last, ".".join(map(_ascii, romanised)))


def _ascii(name: str) -> str:
    spelled = name.lower().translate(_SPELLED)
    return "".join(c for c in unicodedata.normalize("NFKD", spelled) if c.isascii() and c.isalnum())
