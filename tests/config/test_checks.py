"""`manage.py check --deploy` with the environment of a real installation, and with a careless one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection

from tests.factories.accounts import OrganisationFactory

ROOT = Path(__file__).resolve().parents[2]


def check_deploy(**environment: str) -> "subprocess.CompletedProcess[str]":
    base = {name: value for name, value in os.environ.items() if not name.startswith(("SENDWELL_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**base, "SENDWELL_DATA": os.environ["SENDWELL_DATA"], **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def database_url(transactional_db: None) -> str:
    found = connection.settings_dict
    return f"postgresql://{found['USER']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def test_a_production_environment_is_clean(database_url: str) -> None:
    OrganisationFactory.create()
    result = check_deploy(
        DATABASE_URL=database_url,
        SENDWELL_SECRET_KEY="s9JqZt5k" * 15,
        SENDWELL_LINK_KEY="l2WxZt5k" * 15,
        SENDWELL_ADDRESS_KEY="a7BnZt5k" * 15,
        SENDWELL_CREDENTIAL_KEYS="c4VmZt5k" * 15,
        SENDWELL_BASE_URL="https://news.huila.example",
        SENDWELL_BEHIND_PROXY="1",
    )
    assert result.stderr == ""
    assert result.returncode == 0


def test_a_careless_one_is_told_what_to_do(database_url: str) -> None:
    result = check_deploy(DATABASE_URL=database_url, SENDWELL_RETRY_SCALE="0.01")
    assert result.returncode == 1
    for finding in ("W001", "W002", "W003", "W004", "W005"):
        assert f"sendwell.{finding}" in result.stderr
    assert "SENDWELL_LINK_KEY" in result.stderr


def test_empty_keys_count_as_unset(database_url: str) -> None:
    result = check_deploy(DATABASE_URL=database_url, SENDWELL_LINK_KEY="", SENDWELL_CREDENTIAL_KEYS="")
    assert result.stderr.count("sendwell.W002") == 3


@pytest.mark.parametrize(("name", "value"), [("JOURNAL", "paper"), ("RETRY_SCALE", 0.0)])
def test_senseless_settings_are_errors(settings: object, name: str, value: object) -> None:
    settings.SENDWELL = {**settings.SENDWELL, name: value}
    assert [found.id[:10] for found in run_checks() if found.id.startswith("sendwell")] == ["sendwell.E"]


def orders() -> list[str | None]:
    return [found.id for found in run_checks(databases=["default"]) if found.id == "sendwell.W007"]


def test_a_database_that_orders_by_a_language_is_told(db: None) -> None:
    assert orders() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_database SET datcollate = 'de_DE.UTF-8' WHERE datname = current_database()")
    assert orders() == ["sendwell.W007"]
