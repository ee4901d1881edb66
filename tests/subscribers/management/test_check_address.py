import json
from io import StringIO

import pytest
from django.core.management import call_command

from subscribers.management.commands.check_address import Command


def test_one_line_of_json_for_each_address() -> None:
    out = StringIO()
    call_command("check_address", "anna@gmial.com", "anna@mailinator.com", "anna", "--json", stdout=out)
    slip, once, none = [json.loads(line) for line in out.getvalue().splitlines()]
    assert slip["accepted"]
    assert slip["suggestion"] == "anna@gmail.com"
    assert not once["accepted"]
    assert "disposable" in once["reason"]
    assert none == {
        "address": "anna",
        "accepted": False,
        "reason": "It has no @, so it is not an e-mail address.",
        "suggestion": None,
    }


def test_an_address_may_begin_with_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    Command().run_from_argv(["manage.py", "check_address", "-anna@example.org", "--json"])
    assert json.loads(capsys.readouterr().out)["address"] == "-anna@example.org"
