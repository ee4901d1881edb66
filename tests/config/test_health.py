"""The health page."""

import pytest
from django.test import Client

from config.embedded.postgres import free_port


@pytest.mark.django_db
def test_it_is_well_when_both_services_answer(client: Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "redis": "ok"})


@pytest.mark.django_db
def test_it_says_which_service_is_gone(client: Client, settings: object) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"database": "ok", "redis": "unreachable"})


@pytest.mark.django_db
def test_it_answers_plain_http_behind_tls(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/health").status_code == 200
