"""The browser side: an ASGI app with the inbox, one message in every view, and JSON for tests."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.template import Context, Engine
from django.utils.safestring import SafeString

from config.mailbox.readers import Readers
from config.mailbox.store import Arrival, Store

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
PAGE = 50
_FOLDER = Path(__file__).parent
# Own pages load their stylesheet and frame a mail; a mail runs no script, sends no form, reaches no frame above it.
_PAGE_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'"
_MAIL_POLICY = "sandbox allow-popups; default-src 'none'; img-src * data:; style-src 'unsafe-inline'; font-src *"


class Response:
    def __init__(self, body: str | bytes, *, kind: str = "text/html", status: int = 200, policy: str = _PAGE_POLICY):
        self.body = body.encode() if isinstance(body, str) else body
        self.status = status
        self.headers = [
            (b"content-type", f"{kind}; charset=utf-8".encode()),
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cache-control", b"no-store"),
        ]


class Inbox:
    """The ASGI application."""

    def __init__(self, store: Store, readers: Readers | None) -> None:
        self._store, self._readers = store, readers
        self._engine = Engine(dirs=[str(_FOLDER / "templates")], autoescape=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
        response = self._respond(scope["path"], query) if scope["method"] in ("GET", "HEAD") else self._refuse()
        headers = [*response.headers, (b"content-length", str(len(response.body)).encode())]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else response.body})

    def _respond(self, path: str, query: dict[str, str]) -> Response:
        match path.strip("/").split("/"):
            case [""]:
                return self._inbox(query)
            case ["style.css"]:
                return Response((_FOLDER / "style.css").read_bytes(), kind="text/css")
            case ["api", "counts"]:
                return self._counts()
            case ["api", "messages"]:
                return self._messages(query)
            case ["api", "messages", number] if number.isdecimal():
                return self._message_json(int(number))
            case ["m", number, *view] if number.isdecimal():
                return self._message(int(number), view[0] if view else "html")
        return self._missing()

    def _inbox(self, query: dict[str, str]) -> Response:
        page = int(query["page"]) if query.get("page", "").isdecimal() else 0
        rows = list(islice(self._store.newest(to=query.get("to", "")), page * PAGE, (page + 1) * PAGE + 1))
        turn = {"to": query.get("to", "")}
        return self._page(
            "inbox.html",
            rows=[_row(arrival) for arrival in rows[:PAGE]],
            kept=f"{len(self._store):,}",
            to=query.get("to", ""),
            newer=urlencode({**turn, "page": page - 1}) if page else "",
            older=urlencode({**turn, "page": page + 1}) if len(rows) > PAGE else "",
        )

    def _message(self, number: int, view: str) -> Response:
        arrival = self._store.arrival(number)
        if arrival is None:
            return self._missing()
        content = self._store.content(number)
        message = _parse(content)
        if view == "raw":
            return Response(content, kind="text/plain")
        if view == "frame":
            return Response(_part(message, "html") or "<p>This mail has no HTML part.</p>", policy=_MAIL_POLICY)
        if view not in ("html", "text", "headers"):
            return self._missing()
        views = [("html", "HTML"), ("text", "Plain text"), ("headers", "Headers")]
        headers = [(name, str(value)) for name, value in message.items()]
        text = _part(message, "plain") or "This mail has no plain-text part."
        return self._page("message.html", row=_row(arrival), view=view, views=views, headers=headers, text=text)

    def _counts(self) -> Response:
        return _json(
            {
                "accepted": sum(counts["accepted"] for counts in self._store.totals.counts.values()),
                "kept": len(self._store),
                "by_mail": self._store.totals.counts,
                "readers_waiting": self._readers.waiting if self._readers else 0,
            }
        )

    def _messages(self, query: dict[str, str]) -> Response:
        page = int(query["page"]) if query.get("page", "").isdecimal() else 0
        found = self._store.newest(to=query.get("to", ""), mail=query.get("mail", ""))
        rows = islice(found, page * PAGE, (page + 1) * PAGE)
        return _json({"messages": [_plain(arrival) for arrival in rows]})

    def _message_json(self, number: int) -> Response:
        arrival = self._store.arrival(number)
        if arrival is None:
            return _json({"error": "No such message is kept."}, status=404)
        message = _parse(self._store.content(number))
        headers = [[name, str(value)] for name, value in message.items()]
        return _json(
            {**_plain(arrival), "headers": headers, "html": _part(message, "html"), "text": _part(message, "plain")}
        )

    def _missing(self) -> Response:
        return self._page("missing.html", status=404)

    def _refuse(self) -> Response:
        return Response("This server only shows.", kind="text/plain", status=405)

    def _page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        rendered: SafeString = self._engine.get_template(template).render(Context(values, use_l10n=False))
        return Response(str(rendered), status=status)


def _parse(content: bytes) -> EmailMessage:
    return message_from_bytes(content, EmailMessage, policy=default)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def _row(arrival: Arrival) -> dict[str, str | int]:
    at = datetime.fromtimestamp(arrival.at, UTC)
    return {**_plain(arrival), "at": f"{at:%d %b %H:%M:%S} UTC", "kilobytes": f"{arrival.size / 1000:.1f} kB"}


def _plain(arrival: Arrival) -> dict[str, Any]:
    return {name: getattr(arrival, name) for name in Arrival.__slots__}


def _json(value: Any, *, status: int = 200) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), kind="application/json", status=status)
