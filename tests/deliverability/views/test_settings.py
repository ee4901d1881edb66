"""Who may set up sending, what saving does, and what a trial mail tells."""

import base64

import pytest
from django.core.mail import send_mail
from django.test import Client, override_settings
from django.urls import reverse

from accounts.types import Role
from deliverability.models import Provider, Stream
from deliverability.queries.lanes import working_lane
from deliverability.rules.lanes import LaneKey
from deliverability.services.providers import config_of, provider_config, set_password
from deliverability.services.suppression import suppress
from deliverability.types import Scope, SuppressionReason
from tests.factories.accounts import UserFactory
from tests.factories.deliverability import ProviderFactory, StreamFactory
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "Relay",
    "kind": "smtp",
    "host": "smtp.huila.example",
    "port": "587",
    "security": "starttls",
    "username": "huila",
    "password": "s3cret of the relay",
    "max_connections": "10",
}
STREAM = {"name": "News", "kind": "marketing", "from_email": "news@huila.example", "bounce_domain": "b.huila.example"}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role="owner", email="mira@huila.example"))
    return client


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "name", ["providers", "providers-new", "providers-one", "streams", "streams-new", "streams-one"]
)
def test_only_those_who_manage_deliverability_may(client: Client, role: Role, name: str) -> None:
    stream = StreamFactory.create()
    client.force_login(UserFactory.create(role=role))
    arguments = {"providers-one": [stream.provider_id], "streams-one": [stream.pk]}.get(name, [])
    status = 200 if role in (Role.OWNER, Role.DELIVERABILITY) else 403
    assert client.get(reverse(f"settings-{name}", args=arguments)).status_code == status


@pytest.mark.parametrize("name", ["providers-trial", "streams-again"])
def test_nobody_else_sends_or_lets_go(client: Client, name: str) -> None:
    stream = StreamFactory.create(held_reason="Waits.")
    client.force_login(UserFactory.create(role="marketer"))
    key = stream.pk if name == "streams-again" else stream.provider_id
    assert client.post(reverse(f"settings-{name}", args=[key])).status_code == 403
    stream.refresh_from_db()
    assert stream.held_reason == "Waits."


def test_a_password_is_written_and_never_read(owner: Client) -> None:
    owner.post(reverse("settings-providers-new"), GIVEN)
    provider = Provider.objects.get()
    assert GIVEN["password"] not in provider.password_encrypted
    page = owner.get(reverse("settings-providers-one", args=[provider.pk])).content.decode()
    assert GIVEN["password"] not in page
    assert "smtp.huila.example" in page
    owner.post(reverse("settings-providers-one", args=[provider.pk]), {**GIVEN, "password": "", "port": "465"})
    config = config_of(Provider.objects.get())
    assert (config.port, config.password) == (465, GIVEN["password"])


def test_a_name_that_is_taken_comes_back_with_what_was_typed(owner: Client) -> None:
    ProviderFactory.create(name="Relay")
    page = owner.post(reverse("settings-providers-new"), GIVEN).content.decode()
    assert "Another provider is called “Relay” already" in page
    assert "smtp.huila.example" in page


def test_smtp_needs_a_host(owner: Client) -> None:
    page = owner.post(reverse("settings-providers-new"), {**GIVEN, "host": ""}).content.decode()
    assert "Enter the server&#x27;s name" in page
    assert not Provider.objects.exists()


@pytest.mark.parametrize(("given", "is_paced"), [({}, False), ({"hands_on": "on"}, True)])
def test_only_a_way_that_hands_mail_straight_on_is_paced_by_mailbox_provider(
    owner: Client, given: dict[str, str], is_paced: bool
) -> None:
    owner.post(reverse("settings-providers-new"), GIVEN | given)
    provider = Provider.objects.get()
    stream = StreamFactory.create(provider=provider)
    lane = working_lane(LaneKey(stream.pk, "google"))
    assert lane.is_paced == is_paced
    assert lane.way_limits.max_connections == (5 if is_paced else 10_000)
    page = owner.get(reverse("settings-providers-one", args=[provider.pk])).content.decode()
    assert ("checked" in page.partition('name="hands_on"')[2].partition(">")[0]) == is_paced


def test_a_trial_mail_arrives_and_says_so(owner: Client) -> None:
    with SmtpServer() as server:
        provider = StreamFactory.create(provider__port=server.port).provider
        page = owner.post(reverse("settings-providers-trial", args=[provider.pk])).content.decode()
    assert "The server accepted a mail to mira@huila.example" in page
    assert [mail.rcpt for mail in server.messages] == [["mira@huila.example"]]


def test_a_refused_trial_shows_the_servers_words(owner: Client) -> None:
    with SmtpServer(on_rcpt=lambda rcpt: "550 5.7.26 Unauthenticated <b>mail</b>") as server:
        provider = StreamFactory.create(provider__port=server.port).provider
        page = owner.post(reverse("settings-providers-trial", args=[provider.pk])).content.decode()
    assert "Unauthenticated &lt;b&gt;mail" in page
    assert "so none was sent" in page


def test_a_trial_without_a_server_says_what_to_check(owner: Client) -> None:
    provider = ProviderFactory.create(port=1)
    page = owner.post(reverse("settings-providers-trial", args=[provider.pk])).content.decode()
    assert "Check host, port and encryption" in page


def test_a_stream_is_made_and_keeps_its_kind(owner: Client) -> None:
    provider = ProviderFactory.create()
    owner.post(reverse("settings-streams-new"), {**STREAM, "provider": provider.pk})
    stream = Stream.objects.get()
    assert (stream.slug, stream.kind) == ("news", "marketing")
    changed = {**STREAM, "kind": "transactional", "name": "Letters", "provider": provider.pk}
    owner.post(reverse("settings-streams-one", args=[stream.pk]), changed)
    stream.refresh_from_db()
    assert (stream.name, stream.slug, stream.kind) == ("Letters", "news", "marketing")
    assert provider_config(provider_id=stream.provider_id).host == provider.host


def test_two_streams_of_one_name_both_live(owner: Client) -> None:
    provider = ProviderFactory.create()
    for _ in range(2):
        owner.post(reverse("settings-streams-new"), {**STREAM, "provider": provider.pk})
    assert set(Stream.objects.values_list("slug", flat=True)) == {"news", "news-2"}


def test_a_held_stream_says_why_and_a_person_lets_it_go(owner: Client) -> None:
    stream = StreamFactory.create(held_reason="The relay refused our password.")
    assert "The relay refused our password." in owner.get(reverse("settings-streams")).content.decode()
    owner.post(reverse("settings-streams-again", args=[stream.pk]))
    stream.refresh_from_db()
    assert (stream.held_reason, stream.held_until) == ("", None)


@override_settings(EMAIL_BACKEND="config.web.mail.TransactionalStream")
def test_mail_of_the_web_admin_leaves_through_the_transactional_stream() -> None:
    assert send_mail("Reset", ".a line\r\n", None, ["mira@huila.example"]) == 0
    with SmtpServer() as server:
        StreamFactory.create(slug="transactional", provider__port=server.port)
        assert send_mail("Reset", ".a line\r\n", None, ["mira@huila.example"]) == 1
    assert server.messages[0].mail_from == "hello@transactional.huila.example"


def test_a_trial_shows_the_conversation_without_the_password(owner: Client) -> None:
    with SmtpServer(credentials=("huila", "s3cret")) as server:
        provider = StreamFactory.create(provider__port=server.port, provider__username="huila").provider
        set_password(provider=provider, password="s3cret")
        page = owner.post(reverse("settings-providers-trial", args=[provider.pk])).content.decode()
    assert "&lt; 220" in page
    assert "&gt; AUTH PLAIN (hidden)" in page
    assert "&gt; RCPT TO:&lt;mira@huila.example&gt;" in page
    assert "&gt; (the mail, " in page
    assert base64.b64encode(b"\0huila\0s3cret").decode() not in page


def lines(*given: dict[str, object], before: int = 0) -> dict[str, object]:
    """The formset as a browser posts it."""
    fields = {f"lanes-{number}-{name}": value for number, line in enumerate(given) for name, value in line.items()}
    return {"lanes-TOTAL_FORMS": len(given), "lanes-INITIAL_FORMS": before, **fields}


ALL = {"mailbox_provider": "*", "messages_per_second": "", "burst": 100, "max_connections": 20}
SLOW = {"mailbox_provider": "t-online", "messages_per_second": "2.5", "burst": 5, "max_connections": 2}


def test_limits_are_set_changed_and_removed(owner: Client) -> None:
    stream = StreamFactory.create()
    path = reverse("settings-streams-lanes", args=[stream.pk])
    columns = ("mailbox_provider", "messages_per_second", "max_connections")
    untouched = {**ALL, "mailbox_provider": ""}
    owner.post(path, lines(SLOW, ALL, untouched))
    assert set(stream.lanes.values_list(*columns)) == {("*", None, 20), ("t-online", 2.5, 2)}
    assert "t-online: 2.5 a second, 2 connections" in owner.get(reverse("settings-streams")).content.decode()
    owner.post(path, lines({**ALL, "max_connections": 7}, {**SLOW, "DELETE": "on"}, untouched, before=2))
    assert list(stream.lanes.values_list(*columns)) == [("*", None, 7)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([SLOW, {**SLOW, "burst": 9}], "stands here twice"),
        ([{**SLOW, "max_connections": 0}], "greater than or equal to 1"),
        ([{**SLOW, "mailbox_provider": "nowhere"}], "not one of the available choices"),
    ],
)
def test_limits_that_cannot_be_are_refused(owner: Client, given: list[dict[str, object]], words: str) -> None:
    stream = StreamFactory.create()
    page = owner.post(reverse("settings-streams-lanes", args=[stream.pk]), lines(*given)).content.decode()
    assert words in page
    assert not stream.lanes.exists()


def test_links_may_have_a_host_of_their_own(owner: Client) -> None:
    given = {**STREAM, "provider": ProviderFactory.create().pk, "tracking_url": "https://links.huila.example"}
    owner.post(reverse("settings-streams-new"), given)
    assert Stream.objects.get().tracking_url == "https://links.huila.example"


def test_what_changes_sending_stands_in_the_log_without_the_password(owner: Client) -> None:
    owner.post(reverse("settings-providers-new"), GIVEN)
    page = owner.get(reverse("settings-audit")).content.decode()
    assert "Saved the provider Relay with a new password: smtp smtp.huila.example:587, starttls." in page
    assert str(GIVEN["password"]) not in page


@override_settings(EMAIL_BACKEND="config.web.mail.TransactionalStream")
def test_mail_of_the_web_admin_spares_a_mailbox_that_is_gone() -> None:
    suppress(
        addresses=["mira@huila.example"], scope=Scope.EVERYTHING, reason=SuppressionReason.HARD_BOUNCE, evidence="550"
    )
    with SmtpServer() as server:
        StreamFactory.create(slug="transactional", provider__port=server.port)
        assert send_mail("Reset", "Here.", None, ["mira@huila.example", "kim@huila.example"]) == 1
    assert [mail.rcpt for mail in server.messages] == [["kim@huila.example"]]
