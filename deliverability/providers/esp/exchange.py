"""One HTTP exchange with an ESP: what is asked, what comes back, and how a person may read it."""

import re
from dataclasses import dataclass, field
from typing import Any

import requests

HIDDEN = "(hidden)"
# Credentials travel in these; whatever stands in them is nobody's business.
_SECRET_HEADER = re.compile(r"authorization|key|token|secret|cookie", re.IGNORECASE)
_LONG_VALUE = re.compile(r'("|^)([^"\r\n]{400})[^"\r\n]{100,}', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as `requests` takes it. `method` is POST for every API here."""

    url: str
    data: Any
    headers: dict[str, str] = field(default_factory=dict)
    files: Any = None
    auth: Any = None
    params: Any = None


@dataclass(frozen=True, slots=True)
class Silence:
    """No answer came. `was_sent`: the request may have arrived, so its messages are of unknown fate."""

    problem: str
    was_sent: bool


@dataclass(frozen=True, slots=True)
class Unwritable:
    """The ESP's API has no way to carry this mail; nothing was sent."""

    problem: str


Outcome = requests.Response | Silence | Unwritable


def exchange(http: requests.Session, call: Call, *, connect: float, read: float) -> Outcome:
    try:
        return http.post(
            call.url,
            data=call.data,
            headers=call.headers,
            files=call.files,
            # An authentication of our own keeps `requests` from trying what a .netrc holds for this host.
            auth=call.auth or _as_it_is,
            params=call.params,
            timeout=(connect, read),
            allow_redirects=False,
        )
    except requests.RequestException as error:
        return Silence(_in_words(error), was_sent=not _surely_not_sent(error))


def request_text(request: requests.PreparedRequest, secrets: list[str]) -> bytes:
    body = request.body or b""
    shown = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    return _told(f"{request.method} {request.url}", request.headers, shown, secrets)


def response_text(response: requests.Response, secrets: list[str]) -> bytes:
    return _told(f"HTTP {response.status_code} {response.reason}", response.headers, response.text, secrets)


def _told(first: str, headers: Any, body: str, secrets: list[str]) -> bytes:
    lines = [f"{name}: {HIDDEN if _SECRET_HEADER.search(name) else value}" for name, value in headers.items()]
    text = "\n".join([first, *lines, "", _LONG_VALUE.sub(r"\1\2 …", body)])
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text.encode()


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _surely_not_sent(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return True
    # urllib3 hides the reason one level down: no name, no route, or refused.
    return "NewConnectionError" in repr(error) or "NameResolutionError" in repr(error)


def _in_words(error: requests.RequestException) -> str:
    if isinstance(error, requests.ConnectTimeout):
        return "the API did not take a connection in time"
    if isinstance(error, requests.ReadTimeout):
        return "the API did not answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return f"no safe connection to the API could be made ({error})"
    return f"the connection to the API failed ({error})"
