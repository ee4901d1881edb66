"""Takes what identifies a person out of sentences that stay on record without it."""

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from django.db.models import F, Field, Func, JSONField, Model, Q, TextField, Value
from django.db.models.functions import Cast

Fields = Sequence[tuple[type[Model], Sequence[str]]]
STANDS_FOR = "an erased person"
# Where an address begins and ends, in PostgreSQL's and Python's expressions alike: joann@example.com is not
# ann@example.com, nor is ann@example.com.au. In JSON and in query strings what stands before may be an escape.
_BEGINS = r"(?:(?<![A-Za-z0-9._+'-])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f][0-9A-Fa-f]))"
_ENDS = r"(?![A-Za-z0-9_-]|\.[A-Za-z0-9])"
# PostgreSQL's regular expressions and Python's share these.
_SPECIAL = re.compile(r"([.\\+*?\[^\]${}=!<>|:#()-])")


def forms_of(address: str) -> tuple[str, ...]:
    """How the address is written in sentences and in query strings."""
    return tuple(dict.fromkeys([address, address.replace("@", "%40"), quote(address), quote(address, safe="")]))


def redact(fields: Fields, address: str) -> int:
    """Replace the address wherever it stands in these text columns; returns in how many values. Joins the transaction.

    Reads the whole tables: for those that hold sentences, not events.
    """
    return sum(_redact(model, name, form) for model, names in fields for name in names for form in forms_of(address))


def redacted(text: str, address: str) -> str:
    for form in forms_of(address):
        text = re.sub(pattern_of(form), STANDS_FOR, text, flags=re.IGNORECASE)
    return text


def pattern_of(form: str) -> str:
    """Matches the form of an address where it stands as a whole and is no part of another one."""
    return _BEGINS + _SPECIAL.sub(r"\\\1", form) + _ENDS


def _redact(model: type[Model], name: str, form: str) -> int:
    # JSON is searched and written as the text that it is; an address holds nothing that JSON would escape.
    is_json = isinstance(model._meta.get_field(name), JSONField)
    kept_as: Field[Any, Any] = JSONField() if is_json else TextField()
    replaced = Func(
        Cast(F(name), TextField()),
        Value(pattern_of(form)),
        Value(STANDS_FOR),
        Value("gi"),
        function="regexp_replace",
        output_field=TextField(),
    )
    found = model._default_manager.annotate(as_text=Cast(F(name), TextField())).filter(Q(as_text__icontains=form))
    return found.update(**{name: Cast(replaced, kept_as)})
