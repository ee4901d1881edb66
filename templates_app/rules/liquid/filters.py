"""The filters that a mail may use, and the bounds within which they work."""

import html
from collections.abc import Callable, Sized
from functools import wraps
from typing import Any
from urllib.parse import quote, urlsplit

from liquid.exceptions import FilterValueError
from markupsafe import Markup, escape

# A filter's input or result beyond this is an accident or an attack: a whole mail has 25,000 characters.
MAX_LENGTH = 100_000
MAX_INTEGER_BITS = 4096

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms"})
# What RFC 3986 lets stand in a URL, less the quotes that end an attribute.
_URL_SAFE = "%/:?#[]@!$&()*+,;=-._~"
_CSS_SAFE = frozenset("#%.,- ()")


def _check(value: object) -> None:
    if type(value) is str:
        too_much = len(value) > MAX_LENGTH
    elif isinstance(value, int):
        too_much = value.bit_length() > MAX_INTEGER_BITS
    elif isinstance(value, range):
        too_much = bool(value) and abs(value.stop - value.start) > MAX_LENGTH
    else:
        too_much = isinstance(value, Sized) and len(value) > MAX_LENGTH
    if too_much:
        raise FilterValueError("the value is too large", token=None)


def bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Refuses values too large to be meant; each step at most doubles, so memory stays bounded too."""

    @wraps(function)
    def limited(*args: Any, **kwargs: Any) -> Any:
        for value in args:
            _check(value)
        result = function(*args, **kwargs)
        _check(result)
        return result

    return limited


def growing(function: Callable[..., Any], worst_size: Callable[..., int]) -> Callable[..., Any]:
    """Refuses a filter whose result could be the product of its inputs before that result is made."""

    @wraps(function)
    def limited(*args: Any, **kwargs: Any) -> Any:
        if worst_size(*args) > MAX_LENGTH * 10:
            raise FilterValueError("the value is too large", token=None)
        return function(*args, **kwargs)

    return limited


def replaced_size(value: object, old: object = "", new: object = "") -> int:
    text, seq = str(value), str(old)
    return len(text) + (text.count(seq) if seq else len(text) + 1) * len(str(new))


def joined_size(value: object, separator: object = " ") -> int:
    if isinstance(value, Sized):
        return len(value) * (1 + len(str(separator)))
    return len(str(value))


def escape_once(value: object) -> str:
    """Values are escaped on their way out anyway, so this only undoes what came escaped."""
    return html.unescape(str(value))


def unescaped(value: object) -> object:
    """`escape` in a mail: what goes into HTML is escaped always, and twice would show the reader `&amp;`."""
    return value


def newline_to_br(value: object) -> Markup:
    """The one filter that makes markup: everything else in the value is escaped."""
    return Markup(str(escape(str(value))).replace("\r\n", "\n").replace("\n", "<br>\n"))  # noqa: S704


def safe_url(value: object) -> str:
    """A whole URL from merge data: other schemes than those of LINK_SCHEMES (javascript:, data:) come out empty."""
    url = "".join(str(value).split())
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return ""
    return quote(url, safe=_URL_SAFE) if not scheme or scheme in LINK_SCHEMES else ""


def url_part(value: object) -> str:
    """Merge data inside a URL: cannot leave its segment or parameter."""
    return quote(str(value), safe="-._~")


def css_value(value: object) -> str:
    """Merge data inside a style: a colour, a size, a font; nothing that ends the declaration."""
    return "".join(c for c in str(value) if c.isalnum() or c in _CSS_SAFE)


URL_FILTERS = frozenset({"url_encode", "url_part", "safe_url"})
