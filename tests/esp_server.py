"""A loopback HTTP server that answers as an ESP's API does, in the shapes of its documentation, and can misbehave."""

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Refuses = Callable[[str], bool]


@dataclass
class Asked:
    """One call: what it said, and to whom its mails go."""

    path: str
    headers: dict[str, str]
    body: bytes
    recipients: list[str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    status: int
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dialect:
    """How one ESP writes recipients into a call, and answers about each of them."""

    recipients: Callable[[str, bytes, dict[str, str]], list[str]]
    answer: Callable[[str, list[str], Refuses], Answer]


class EspServer:
    """`refuse` says of which addresses the API wants nothing; `before` may answer a call instead, None lets it pass;
    `cut` is asked after a call was taken and closes the connection without an answer; `delay` is in seconds."""

    def __init__(self, kind: str) -> None:
        self.dialect = DIALECTS[kind]
        self.asked: list[Asked] = []
        self.recipients: list[str] = []
        self.refuse: Refuses = lambda address: False
        self.before: Callable[[Asked], Answer | None] = lambda asked: None
        self.cut: Callable[[Asked], bool] = lambda asked: False
        self.delay: Callable[[Asked], float] = lambda asked: 0.0
        self.most_at_once = 0
        self.connections = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "EspServer":
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def serve(self, path: str, headers: dict[str, str], body: bytes) -> Answer | None:
        asked = Asked(path, headers, body, self.dialect.recipients(path, body, headers))
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            time.sleep(self.delay(asked))
            with self._lock:
                early = self.before(asked)
                if early is not None:
                    return early
                self.asked.append(asked)
                self.recipients += [one for one in asked.recipients if not self.refuse(one)]
            return None if self.cut(asked) else self.dialect.answer(path, asked.recipients, self.refuse)
        finally:
            with self._lock:
                self._at_once -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body in one packet: two would wait for each other (Nagle against delayed ACK).
            wbufsize = 65536

            def setup(self) -> None:
                super().setup()
                server.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = server.serve(self.path, dict(self.headers.items()), body)
                if answer is None:
                    self.close_connection = True
                    return
                content = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
                self.send_response(answer.status)
                kind = "text/plain" if isinstance(answer.body, str) else "application/json"
                for name, value in {"Content-Type": kind, **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content.encode())))
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        return Handler


def _id(address: str) -> str:
    return f"id-of-{address}"


def _bare(address: str) -> str:
    return address.rpartition("<")[2].strip("<> ")


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _json(pick: Callable[[Any], list[str]]) -> Callable[[str, bytes, dict[str, str]], list[str]]:
    return lambda path, body, headers: [_bare(one) for one in pick(json.loads(body))]


def _mailgun(path: str, body: bytes, headers: dict[str, str]) -> list[str]:
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    form = message_from_bytes(head + body, policy=policy.HTTP)
    parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}  # type: ignore[attr-defined]
    return [parts["to"].get_content().strip()]


def _one(yes: Callable[[str], Answer], no: Callable[[str], Answer]) -> Callable[[str, list[str], Refuses], Answer]:
    return lambda path, to, refuse: no(to[0]) if refuse(to[0]) else yes(to[0])


def _postmark(path: str, to: list[str], refuse: Refuses) -> Answer:
    def about(one: str) -> dict[str, Any]:
        if refuse(one):
            return {"ErrorCode": 300, "Message": f"Invalid 'To' address: '{one}'."}
        return {"ErrorCode": 0, "Message": "OK", "To": one, "MessageID": _id(one), "SubmittedAt": "2026-11-24"}

    if path.endswith("/batch"):
        return Answer(200, [about(one) for one in to])
    return Answer(422 if refuse(to[0]) else 200, about(to[0]))


def _resend(path: str, to: list[str], refuse: Refuses) -> Answer:
    if not path.endswith("/batch"):
        wrong = {"statusCode": 422, "name": "validation_error", "message": f"Invalid `to` field: {to[0]}"}
        return Answer(422, wrong) if refuse(to[0]) else Answer(200, {"id": _id(to[0])})
    errors = [{"index": place, "message": f"Invalid `to` field: {one}"} for place, one in enumerate(to) if refuse(one)]
    return Answer(200, {"data": [{"id": _id(one)} for one in to if not refuse(one)], "errors": errors})


def _mailtrap(path: str, to: list[str], refuse: Refuses) -> Answer:
    def about(one: str) -> dict[str, Any]:
        if refuse(one):
            return {"success": False, "errors": [f"'to' address {one} is invalid"]}
        return {"success": True, "message_ids": [_id(one)]}

    if path.endswith("/batch"):
        return Answer(200, {"success": True, "responses": [about(one) for one in to]})
    return Answer(400 if refuse(to[0]) else 200, about(to[0]))


def _mailjet(path: str, to: list[str], refuse: Refuses) -> Answer:
    def about(one: str) -> dict[str, Any]:
        if refuse(one):
            words = f'"{one}" is an invalid email address.'
            return {"Status": "error", "Errors": [{"ErrorCode": "mj-0013", "StatusCode": 400, "ErrorMessage": words}]}
        return {"Status": "success", "To": [{"Email": one, "MessageID": 1, "MessageUUID": "a"}], "Cc": [], "Bcc": []}

    return Answer(400 if any(map(refuse, to)) else 200, {"Messages": [about(one) for one in to]})


def _brevo(path: str, to: list[str], refuse: Refuses) -> Answer:
    wrong = [one for one in to if refuse(one)]
    if wrong:
        return Answer(400, {"code": "invalid_parameter", "message": f"email is not valid in to: {wrong[0]}"})
    ids = [f"<{_id(one)}@smtp-relay.mailin.fr>" for one in to]
    return Answer(201, {"messageId": ids[0]} if len(to) == 1 else {"messageIds": ids})


def _brevo_recipients(content: Any) -> list[str]:
    return [one["to"][0]["email"] for one in content.get("messageVersions", [content])]


DIALECTS: dict[str, Dialect] = {
    "amazon_ses": Dialect(
        _json(lambda content: content["Destination"]["ToAddresses"]),
        _one(
            lambda one: Answer(200, {"MessageId": _id(one)}),
            lambda one: Answer(400, {"message": f"Invalid recipient address {one}"}),
        ),
    ),
    "brevo": Dialect(_json(_brevo_recipients), _brevo),
    "mailersend": Dialect(
        _json(lambda content: [content["to"][0]["email"]]),
        _one(
            lambda one: Answer(202, "", {"X-Message-Id": _id(one)}),
            lambda one: Answer(
                422,
                {"message": "The to.0.email must be a valid email address.", "errors": {"to.0.email": ["not valid"]}},
            ),
        ),
    ),
    "mailgun": Dialect(
        _mailgun,
        _one(
            lambda one: Answer(200, {"id": f"<{_id(one)}@huila.example>", "message": "Queued. Thank you."}),
            lambda one: Answer(400, {"message": "to parameter is not a valid address. please check documentation"}),
        ),
    ),
    "mailjet": Dialect(_json(lambda content: [one["To"][0]["Email"] for one in content["Messages"]]), _mailjet),
    "mailtrap": Dialect(
        _json(lambda content: [one["to"][0]["email"] for one in content.get("requests", [content])]), _mailtrap
    ),
    "mandrill": Dialect(
        _json(lambda content: content["to"]),
        _one(
            lambda one: Answer(200, [{"email": one, "status": "sent", "_id": _id(one), "reject_reason": None}]),
            lambda one: Answer(200, [{"email": one, "status": "invalid", "_id": _id(one), "reject_reason": None}]),
        ),
    ),
    "postal": Dialect(
        _json(lambda content: content["rcpt_to"]),
        _one(
            lambda one: Answer(
                200,
                {"status": "success", "data": {"message_id": "a@b", "messages": {one: {"id": 7, "token": "abc"}}}},
            ),
            lambda one: Answer(
                200, {"status": "error", "data": {"code": "InvalidRecipient", "message": f"{one} is no address"}}
            ),
        ),
    ),
    "postmark": Dialect(_json(lambda content: [one["To"] for one in _each(content)]), _postmark),
    "resend": Dialect(_json(lambda content: [one["to"][0] for one in _each(content)]), _resend),
    "scaleway": Dialect(
        _json(lambda content: [content["to"][0]["email"]]),
        _one(
            lambda one: Answer(200, {"emails": [{"id": _id(one), "mail_rcpt": one, "status": "new"}]}),
            lambda one: Answer(
                400, {"type": "invalid_arguments", "message": "invalid argument(s)", "details": [{"value": one}]}
            ),
        ),
    ),
    "sendgrid": Dialect(
        _json(lambda content: [content["personalizations"][0]["to"][0]["email"]]),
        _one(
            lambda one: Answer(202, "", {"X-Message-Id": _id(one)}),
            lambda one: Answer(
                400, {"errors": [{"message": f"Does not contain a valid address: {one}", "field": "a"}]}
            ),
        ),
    ),
    "sparkpost": Dialect(
        _json(lambda content: [content["recipients"][0]["address"]["email"]]),
        _one(
            lambda one: Answer(
                200,
                {
                    "results": {
                        "total_rejected_recipients": 0,
                        "total_accepted_recipients": 1,
                        "id": "11668787484950529",
                    }
                },
            ),
            lambda one: Answer(422, {"errors": [{"message": "invalid recipient address", "code": "5002"}]}),
        ),
    ),
    "unisender_go": Dialect(
        _json(lambda content: [content["message"]["recipients"][0]["email"]]),
        _one(
            lambda one: Answer(200, {"status": "success", "job_id": "1Zym", "emails": [one]}),
            lambda one: Answer(
                400,
                {"status": "error", "code": 204, "message": "no valid", "failed_emails": {one: "invalid"}},
            ),
        ),
    ),
}


def raw_mail(asked: Asked) -> bytes:
    """The finished mail in a call to one of the APIs that take one as base64."""
    content = asked.json
    return base64.b64decode(content["Content"]["Raw"]["Data"] if "Content" in content else content["data"])
