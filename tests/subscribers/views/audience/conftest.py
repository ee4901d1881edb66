from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.types import Role
from subscribers.services.imports import run_upload
from subscribers.tasks import import_file
from tests.factories.accounts import UserFactory

SignIn = Callable[[Role], Client]


@pytest.fixture
def sign_in(client: Client) -> SignIn:
    """The test client as a member of this role."""

    def sign_in(role: Role) -> Client:
        user = UserFactory.create(role=role, first_name="Mira", last_name="Lang", time_zone="Europe/Berlin")
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def owner(sign_in: SignIn) -> Client:
    return sign_in(Role.OWNER)


@pytest.fixture
def folders(settings: Any, tmp_path: Path) -> Path:
    """Uploads and reports of one test alone."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def tasks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a view hands to a worker happens before it answers; Celery's own way would close the test's connection."""
    monkeypatch.setattr(import_file, "delay", lambda run_id: run_upload(run_id=run_id))
