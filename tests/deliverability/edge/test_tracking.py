import http.client
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import redis

from deliverability.models import Mailing
from deliverability.queries import tokens
from deliverability.rules.hits import FIELD, STREAM, Hit, unpack_hit
from deliverability.types import EventKind
from tests.edge_server import EdgeServer, edge_server
from tests.factories.deliverability import MailingFactory

pytestmark = pytest.mark.django_db(transaction=True)
LINKS = ["https://shop.example/sale?a=1&b=ü", "mailto:office@shop.example"]


@pytest.fixture
def mailing() -> Mailing:
    return MailingFactory.create(links=LINKS)


@pytest.fixture
def edge(mailing: Mailing, buffer: redis.Redis) -> Iterator[EdgeServer]:
    with edge_server() as server:
        yield server


def fetch(edge: EdgeServer, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", edge.port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def recorded(buffer: redis.Redis) -> list[Hit]:
    return [unpack_hit(fields[FIELD]) for _, fields in buffer.xrange(STREAM)]


def test_pixels_and_links_are_answered_and_recorded(edge: EdgeServer, mailing: Mailing, buffer: redis.Redis) -> None:
    token = tokens.sign(mailing.pk, 77)
    pixel, body = fetch(edge, f"/t/o/{token}", User_Agent="A\tBrowser", X_Forwarded_For="6.6.6.6")
    assert (pixel.status, pixel.headers["content-type"], body[:6]) == (200, "image/gif", b"GIF89a")
    assert "no-store" in pixel.headers["cache-control"]

    click, _ = fetch(edge, f"/t/c/{token}/0", User_Agent="A Browser")
    assert (click.status, click.headers["location"]) == (302, "https://shop.example/sale?a=1&b=%C3%BC")

    url = "https://shop.example/for/Zoë"
    own, _ = fetch(edge, f"/t/x/{token}/{tokens.sign_target(token, url)}?u={quote(url, safe='')}")
    assert (own.status, own.headers["location"]) == (302, "https://shop.example/for/Zo%C3%AB")

    private, _ = fetch(edge, f"/t/c/{token}/0", Sec_GPC="1")
    assert (private.status, private.headers["location"]) == (302, "https://shop.example/sale?a=1&b=%C3%BC")

    head, body = fetch(edge, f"/t/c/{token}/0", "HEAD")
    assert (head.status, body) == (302, b"")

    common = {"mailing_id": mailing.pk, "recipient_id": 77, "ip": "127.0.0.1"}
    assert recorded(buffer) == [
        Hit(EventKind.OPENED, agent="A Browser", **common),
        Hit(EventKind.CLICKED, link=0, agent="A Browser", **common),
        Hit(EventKind.CLICKED, target=url, **common),
        Hit(EventKind.CLICKED, link=0, method="HEAD", **common),
    ]


def test_what_we_did_not_sign_leads_nowhere(edge: EdgeServer, mailing: Mailing, buffer: redis.Redis) -> None:
    token = tokens.sign(mailing.pk, 77)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    mac = tokens.sign_target(token, "https://shop.example/")
    script = "javascript:alert(1)"
    for path in (
        f"/t/o/{forged}",
        f"/t/c/{forged}/0",
        f"/t/c/{token}/1",
        f"/t/c/{token}/2",
        f"/t/c/{token}/-1",
        f"/t/c/{token}/%D9%A1",
        f"/t/c/{tokens.sign(mailing.pk + 1, 77)}/0",
        f"/t/x/{token}/{mac}?u=https://evil.example/",
        f"/t/x/{token}/%C3%A9?u=https://evil.example/",
        f"/t/x/{token}/{tokens.sign_target(token, script)}?u={script}",
        f"/t/x/{tokens.sign(mailing.pk, 78)}/{mac}?u=https://shop.example/",
        "/",
    ):
        response, body = fetch(edge, path)
        assert (response.status, response.headers.get("location")) == (404, None), path
        assert b"This link does not work" in body
    assert recorded(buffer) == []


def test_a_dead_redis_keeps_nobody_waiting(mailing: Mailing, buffer: redis.Redis) -> None:
    token = tokens.sign(mailing.pk, 77)
    with edge_server(REDIS_URL="redis://127.0.0.1:1/0") as edge:
        click, _ = fetch(edge, f"/t/c/{token}/0")
        pixel, _ = fetch(edge, f"/t/o/{token}")
        _, health = fetch(edge, "/health")
    assert (click.status, pixel.status) == (302, 200)
    assert health == b'{"status": "ok", "lost": 2}'


def test_a_dead_database_asks_for_patience(mailing: Mailing, buffer: redis.Redis) -> None:
    token = tokens.sign(mailing.pk, 77)
    with edge_server(DATABASE_URL="postgresql://127.0.0.1:1/none") as edge:
        click, body = fetch(edge, f"/t/c/{token}/0")
        pixel, _ = fetch(edge, f"/t/o/{token}")
    assert (click.status, click.headers["retry-after"]) == (503, "30")
    assert b"try again" in body
    assert pixel.status == 200


def test_behind_our_proxy_the_last_forwarded_address_counts(mailing: Mailing, buffer: redis.Redis) -> None:
    token = tokens.sign(mailing.pk, 77)
    with edge_server(SENDWELL_BEHIND_PROXY="1") as edge:
        fetch(edge, f"/t/o/{token}", X_Forwarded_For="6.6.6.6, 203.0.113.9")
        fetch(edge, f"/t/o/{token}", X_Forwarded_For="rubbish")
    assert [hit.ip for hit in recorded(buffer)] == ["203.0.113.9", None]
