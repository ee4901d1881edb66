"""A person's browser and mail client, reduced to HTTP: cookies kept, forms filled in as they were sent."""

from dataclasses import dataclass, field
from http.client import HTTPMessage, HTTPResponse
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, Request, build_opener

from lxml import html

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@dataclass(frozen=True)
class Answer:
    status: int
    url: str
    text: str
    headers: HTTPMessage


@dataclass
class Visitor:
    """Follows redirects as a browser does; `without_redirects` answers them instead, as a mail client's POST must."""

    opener: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))

    def get(self, url: str) -> Answer:
        return self._send(Request(url, headers={"User-Agent": AGENT}))

    def post(self, url: str, fields: dict[str, str | list[str]]) -> Answer:
        body = urlencode(fields, doseq=True).encode()
        return self._send(Request(url, body, headers={"User-Agent": AGENT, "Referer": url}))

    def submit(self, page: Answer, *, form: int = 0, **changes: str | list[str]) -> Answer:
        """Send a form of the page as it stands, with some fields changed."""
        found = html.fromstring(page.text).forms[form]
        fields: dict[str, str | list[str]] = {}
        for name, value in found.form_values():
            fields[name] = [*fields.get(name, []), value]
        return self.post(urljoin(page.url, found.action or page.url), fields | changes)

    def _send(self, request: Request) -> Answer:
        try:
            response: HTTPResponse = self.opener.open(request, timeout=10)
        except HTTPError as error:
            response = error  # type: ignore[assignment]
        with response:
            return Answer(response.status, response.url, response.read().decode(), response.headers)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def without_redirects() -> Visitor:
    return Visitor(build_opener(_Stay()))
