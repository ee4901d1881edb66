"""The first set-up: who may be its owner, where it goes on, and what it leaves behind."""

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.errors import AlreadyFounded
from accounts.models import Organisation, User
from accounts.services.founding import found
from deliverability.models import Stream
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.deliverability import StreamFactory
from tests.smtp_server import SmtpServer

YOU = {
    "first_name": "Mira",
    "last_name": "Lang",
    "email_address": "mira@huila.example",
    "time_zone": "Europe/Berlin",
    "password": "a horse of nine colours",
}
FIRM = {"name": "Huila", "postal_address": "Torstr. 1, Berlin", "time_zone": "UTC", "brand_color": "#84316b"}


@pytest.mark.django_db
def test_from_nothing_to_a_mail_that_arrived(client: Client) -> None:
    assert client.get("/").headers["Location"] == reverse("setup")
    assert client.get(reverse("setup")).headers["Location"] == reverse("setup-owner")
    client.post(reverse("setup-owner"), YOU)
    owner = User.objects.get()
    assert (owner.role, owner.time_zone) == ("owner", "Europe/Berlin")
    assert client.get(reverse("setup")).headers["Location"] == reverse("setup-organisation")
    client.post(reverse("setup-organisation"), FIRM)
    assert Organisation.objects.get().postal_address == "Torstr. 1, Berlin"
    assert client.get(reverse("setup")).headers["Location"] == reverse("setup-sending")
    with SmtpServer() as server:
        way = {"kind": "smtp", "host": "127.0.0.1", "port": server.port, "security": "none"}
        client.post(reverse("setup-sending"), {**way, "from_email": "news@huila.example"})
        assert client.get(reverse("setup")).headers["Location"] == reverse("setup-trial")
        page = client.post(reverse("setup-trial")).content.decode()
    assert "The server accepted a mail to mira@huila.example" in page
    assert server.messages[0].mail_from == "news@huila.example"
    assert list(Stream.objects.order_by("id").values_list("kind", "bounce_domain")) == [
        ("marketing", "bounces.huila.example"),
        ("transactional", "bounces.mail.huila.example"),
    ]


@pytest.mark.django_db
def test_nobody_makes_themselves_owner_afterwards(client: Client) -> None:
    UserFactory.create(role="owner")
    client.post(reverse("setup-owner"), YOU)
    assert User.objects.count() == 1
    assert client.get("/").headers["Location"] == reverse("account_login") + "?next=/"
    with pytest.raises(AlreadyFounded):
        found(email="x@y.example", password="x", first_name="", last_name="", time_zone="UTC")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_becomes_the_owner() -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def come(number: int) -> None:
        start.wait()
        try:
            found(email=f"{number}@y.example", password="x", first_name="", last_name="", time_zone="UTC")
            outcomes.append("owner")
        except AlreadyFounded:
            outcomes.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=come, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["owner", "too late", "too late", "too late"]
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_password_like_the_name_is_refused(client: Client) -> None:
    page = client.post(reverse("setup-owner"), {**YOU, "password": "mira@huila.example"}).content.decode()
    assert "too similar" in page
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_free_mailbox_is_no_sender(client: Client) -> None:
    client.force_login(UserFactory.create(role="owner"))
    OrganisationFactory.create()
    given = {"kind": "sandbox", "port": 587, "security": "none", "from_email": "huila@gmail.com"}
    assert "Enter an address of your own" in client.post(reverse("setup-sending"), given).content.decode()
    assert not Stream.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["marketer", "analyst", "developer"])
def test_steps_keep_their_permissions(client: Client, role: str) -> None:
    client.force_login(UserFactory.create(role=role))
    for name in ("setup-organisation", "setup-sending", "setup-trial"):
        assert client.post(reverse(name), FIRM).status_code == 403


@pytest.mark.django_db
def test_a_finished_step_does_not_write_over_what_is_there(client: Client) -> None:
    client.force_login(UserFactory.create(role="owner"))
    OrganisationFactory.create(name="Before")
    StreamFactory.create()
    client.post(reverse("setup-organisation"), FIRM)
    client.post(
        reverse("setup-sending"), {"kind": "sandbox", "port": 1, "security": "none", "from_email": "a@b.example"}
    )
    assert (Organisation.objects.get().name, Stream.objects.count()) == ("Before", 1)
