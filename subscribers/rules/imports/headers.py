"""Recognises what a column holds by its header, in the languages and products that people export from."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\".]{2,}")


class Field(StrEnum):
    """What a cell can become. The last three say whether the row's own words allow mail."""

    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    LOCALE = "locale"
    COUNTRY = "country"
    TIME_ZONE = "time_zone"
    OPT_OUT = "opt_out"
    CONSENT = "consent"
    STATUS = "status"


PERMISSION_FIELDS = frozenset({Field.OPT_OUT, Field.CONSENT, Field.STATUS})

# In folded form (see `fold`): lower case, no accents, single spaces.
_NAMES: dict[Field, str] = {
    Field.EMAIL: "email|e mail|mail|email address|e mail address|emailaddress|mail address|subscriber email"
    "|contact email|primary email|email 1|e mail 1 value|email1|e mail adresse|email adresse|emailadresse|mailadresse"
    "|e post|epost|e postadress|adresse e mail|adresse email|adresse mail|adresse de courriel|courriel|mel|correo"
    "|correo electronico|direccion de correo|direccion de correo electronico|indirizzo email|indirizzo e mail"
    "|posta elettronica|emailadres|e mailadres|endereco de email|endereco de e mail|adres e mail"
    "|sahkoposti|sahkopostiosoite|user email|customer email",
    Field.FIRST_NAME: "first name|firstname|fname|first|given name|forename|vorname|prenom|nombre|primer nombre"
    "|nombre de pila|voornaam|fornamn|fornavn|primeiro nome|imie|etunimi|contact first name|nome proprio",
    Field.LAST_NAME: "last name|lastname|lname|last|surname|family name|nachname|familienname|zuname|nom de famille|nom"
    "|apellido|apellidos|cognome|achternaam|efternamn|etternavn|sobrenome|apelido|nazwisko|sukunimi|contact last name",
    Field.FULL_NAME: "name|full name|fullname|display name|contact name|subscriber name|vollstandiger name|nom complet"
    "|nombre completo|nome completo|nome e cognome|naam|volledige naam|namn|navn|nimi|nom et prenom",
    Field.LOCALE: "locale|language|lang|preferred language|sprache|langue|idioma|lingua|taal|sprak|jezyk|kieli",
    Field.COUNTRY: "country|country code|countrycode|cc|land|landercode|pays|code pays|pais|codigo de pais|paese"
    "|nazione|kraj|maa",
    Field.TIME_ZONE: "time zone|timezone|tz|zeitzone|fuseau horaire|zona horaria|fuso orario|tijdzone|fuso horario",
    Field.STATUS: "status|state|subscription status|subscriber status|subscription state|email status|member status"
    "|contact status|list status|mailing status|email marketing status|statut|estado|stato|bounce status",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split("|")}

_OPT_OUT = re.compile(
    r"unsub|opt(ed)? ?out|cleaned|clean time|do not (e ?)?mail|do not contact|\bdnc\b|\bno (e ?)?mail"
    r"|blocklist|blacklist|suppress|bounced|hard bounce|complain|spam report|abgemeldet|abmeld|ausgetragen"
    r"|werbesperre|keine werbung|widerruf|widersp|desinscri|desabonn|desuscri|\bbaja\b"
    r"|cancelad[oa]|disiscri|cancellat|afgemeld|uitgeschreven|avregistrer|avmeldt|descadastr"
)
_CONSENT = re.compile(
    r"\bopt(ed)? ?in$|^optin$|consent|accepts (e ?mail )?marketing|accepts marketing|accepts email|marketing permission"
    r"|^(is )?subscribed$|email marketing$|einwilligung|angemeldet|zustimmung|newsletter (ja|abonniert)|consentement"
    r"|abonne$|inscrit$|consentimiento|suscrito|acepta|consenso|iscritto|toestemming|ingeschreven|samtycke"
)
# Columns that speak of leaving and not of this person's having left: "Unsubscribe link", "Bounce count".
_ABOUT_LEAVING = re.compile(
    r"\b(reasons?|grund|motif|motivo|campaign|ip|urls?|links?|token|counts?|number|total|rate|type)\b"
)
# Columns that tell when, how or why, and say nothing about yes or no: "Email Marketing Consent Timestamp".
_CIRCUMSTANCE = re.compile(r"\b(time|timestamp|date|at|on|ip|source|method|campaign|reason|datum|am|le|fecha|data)\b")


def fold(header: str) -> str:
    """Lower case, without accents, every run of other characters one space: `E-Mail_Adresse ` → `e mail adresse`."""
    plain = unicodedata.normalize("NFKD", header)
    return re.sub(r"[\W_]+", " ", "".join(c for c in plain if not unicodedata.combining(c)).lower()).strip()


def field_of(header: str) -> Field | None:
    """The field that a header names by itself; None for anything else."""
    folded = fold(header)
    if field := _FIELD_OF.get(folded):
        return field
    if _OPT_OUT.search(folded) and not _ABOUT_LEAVING.search(folded):
        return Field.OPT_OUT
    if _CONSENT.search(folded) and not _CIRCUMSTANCE.search(folded):
        return Field.CONSENT
    return None


def email_column(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int | None:
    """Index of the column of addresses: by its name, and where no name tells or several do, by what it holds."""
    named = [index for index, name in enumerate(header) if field_of(name) is Field.EMAIL]
    if len(named) == 1:
        return named[0]
    candidates = named or range(len(header))
    shares = {index: _share_of_addresses(rows, index) for index in candidates}
    best = max(shares, key=lambda index: shares[index], default=None)
    if best is not None and shares[best] >= 0.5:
        return best
    return named[0] if named else _headless(header)


def has_header(first_row: Sequence[str]) -> bool:
    """A first row that holds an address is data already."""
    return _headless(first_row) is None


def _headless(first_row: Sequence[str]) -> int | None:
    return next((index for index, cell in enumerate(first_row) if looks_like_address(cell)), None)


def looks_like_address(cell: str) -> bool:
    return _ADDRESS.fullmatch(cell.strip()) is not None


def _share_of_addresses(rows: Sequence[Sequence[str]], index: int) -> float:
    cells = [row[index] for row in rows if index < len(row) and row[index].strip()]
    return sum(map(looks_like_address, cells)) / len(cells) if cells else 0.0
