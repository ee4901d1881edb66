"""The words by which people fill in yes and no."""

YES = frozenset(
    {
        "yes",
        "y",
        "true",
        "t",
        "1",
        "x",
        "ja",
        "j",
        "oui",
        "o",
        "si",
        "s",
        "sim",
        "on",
        "ok",
        "wahr",
        "vrai",
        "verdadero",
    }
    | {"vero", "tak", "kylla", "checked"}
)
# Folded, so that "-" is empty and "n/a" is "n a".
NO = frozenset(
    {"", "no", "n", "false", "f", "0", "nein", "non", "nao", "nee", "nej", "off", "never", "none", "null", "na", "n a"}
    | {"falsch", "faux", "falso", "nie", "ei", "nil", "undefined", "unchecked", "0000 00 00", "0000 00 00 00 00 00"}
)


class CellRefused(ValueError):
    """The text is no value of the field; the message says what would be."""
