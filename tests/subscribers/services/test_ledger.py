"""The consent ledger shows every edit, deletion, reordering and insertion past its seals."""

import importlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import subscribers.migrations
from subscribers.models import ConsentCheckpoint, ConsentErasure, ConsentRecord, ConsentSeal, Contact
from subscribers.queries.consent.ledger_proof import LedgerProof, verify_ledger
from subscribers.services.consent import record_consent
from subscribers.services.ledger import erase_entries, prove_ledger, take_checkpoint
from subscribers.types import Basis, ConsentAction, Origin, Purpose
from tests.factories.subscribers import ContactFactory

ORIGIN = Origin(source="https://example.com/s/letters", actor="the person", ip="192.0.2.1", user_agent="Firefox")
# Columns and what a forger might write there.
EDITS = {
    "contact_id": "contact_id + 1",
    "mailing_list_id": "coalesce(mailing_list_id, 0) + 1",
    "wording_id": "coalesce(wording_id, 0) + 1",
    "jurisdiction": "'XX'",
    "purpose": "CASE purpose WHEN 'marketing' THEN 'open_tracking' ELSE 'marketing' END",
    "action": "CASE action WHEN 'granted' THEN 'withdrawn' ELSE 'granted' END",
    "detail": "detail || 'x'",
    "basis": "CASE basis WHEN 'express' THEN 'soft_opt_in' ELSE 'express' END",
    "source": "source || ' '",
    "actor": "actor || '.'",
    "ip": "CASE WHEN ip IS NULL THEN inet '192.0.2.9' END",
    "user_agent": "user_agent || 'x'",
    "occurred_at": "occurred_at - interval '1 microsecond'",
    "recorded_at": "recorded_at + interval '1 second'",
    "expires_at": "CASE WHEN expires_at IS NULL THEN now() END",
    "id": "id + 1000000",
}
TAMPERS = [*(f"edit {column}" for column in EDITS), "delete", "swap", "insert", "lose a seal", "change a seal"]

statements = st.lists(st.integers(1, 5), min_size=2, max_size=6)


@contextmanager
def past_all_triggers() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        cursor.execute("SET LOCAL session_replication_role = origin")


def run(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def append(contact: Contact, count: int) -> None:
    """One statement, as an import appends."""
    names = "contact_id, purpose, action, basis, source, actor, user_agent, jurisdiction, occurred_at, recorded_at"
    source, moment = "'row ' || clock_timestamp() || n", "now() + n * interval '1 second'"
    run(
        f"INSERT INTO subscribers_consentrecord ({names})"
        f" SELECT %s, 'marketing', 'granted', 'express', {source}, 'alice', '', 'DE', {moment}, now()"
        " FROM generate_series(1, %s) n",
        contact.pk,
        count,
    )


def say(contact: Contact, action: ConsentAction = ConsentAction.GRANTED) -> ConsentRecord:
    return record_consent(contact=contact, purpose=Purpose.MARKETING, action=action, origin=ORIGIN, basis=Basis.EXPRESS)


def tamper(how: str, record: int, other: int, seal: int) -> None:
    table = "subscribers_consentrecord"
    if how.startswith("edit "):
        column = how.removeprefix("edit ")
        run(f"UPDATE {table} SET {column} = {EDITS[column]} WHERE id = %s", record)
    elif how == "delete":
        run(f"DELETE FROM {table} WHERE id = %s", record)
    elif how == "swap":
        run(f"UPDATE {table} SET id = -id WHERE id IN (%s, %s)", record, other)
        run(f"UPDATE {table} SET id = CASE id WHEN -%s THEN %s ELSE %s END WHERE id < 0", record, other, record)
    elif how == "insert":
        copied = "contact_id, purpose, 'granted', basis, source, actor, user_agent, jurisdiction, occurred_at, now()"
        names = "contact_id, purpose, action, basis, source, actor, user_agent, jurisdiction, occurred_at, recorded_at"
        run(f"INSERT INTO {table} ({names}) SELECT {copied} FROM {table} WHERE id = %s", record)
    elif how == "lose a seal":
        run(
            f"DELETE FROM {table} WHERE id = ANY(SELECT unnest(record_ids) FROM subscribers_consentseal WHERE id = %s)",
            seal,
        )
        run("DELETE FROM subscribers_consentseal WHERE id = %s", seal)
    else:
        run(
            "UPDATE subscribers_consentseal SET digests = set_byte(digests, 0, 255 - get_byte(digests, 0))"
            " WHERE id = %s",
            seal,
        )


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=statements, how=st.sampled_from(TAMPERS), data=st.data())
def test_every_change_is_found(sizes: list[int], how: str, data: st.DataObject) -> None:
    with transaction.atomic():
        contact = ContactFactory.create()
        for size in sizes:
            append(contact, size)
        say(contact)
        assert verify_ledger() == LedgerProof(records=sum(sizes) + 1, seals=len(sizes) + 1)
        take_checkpoint()
        records = list(ConsentRecord.objects.order_by("pk").values_list("pk", flat=True))
        record, other = data.draw(st.permutations(records).map(lambda chosen: chosen[:2]))
        seal = data.draw(st.sampled_from(list(ConsentSeal.objects.values_list("pk", flat=True))))
        with past_all_triggers():
            tamper(how, record, other, seal)
        proof = verify_ledger()
        assert not proof.holds
        if how.startswith("edit ") and how != "edit id":
            assert [(problem.kind, problem.record) for problem in proof.problems] == [("edited", record)]
        if how == "delete":
            assert [(problem.kind, problem.record) for problem in proof.problems] == [("deleted", record)]
        if how == "swap":
            assert {problem.record for problem in proof.problems} == {record, other}
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_end_of_the_ledger_cannot_be_cut_off_unseen_after_a_checkpoint() -> None:
    contact = ContactFactory.create()
    for _ in range(3):
        say(contact)
    take_checkpoint()
    last = ConsentSeal.objects.latest("pk")
    with past_all_triggers():
        run("DELETE FROM subscribers_consentrecord WHERE id = ANY(%s)", last.record_ids)
        run("DELETE FROM subscribers_consentseal WHERE id = %s", last.pk)
    assert [problem.kind for problem in verify_ledger().problems] == ["seal missing"]


@pytest.mark.django_db
def test_a_checkpoint_is_signed_with_a_key_that_the_database_does_not_hold() -> None:
    say(ContactFactory.create())
    checkpoint = take_checkpoint()
    assert checkpoint
    assert take_checkpoint() is None
    with past_all_triggers():
        run("UPDATE subscribers_consentcheckpoint SET taken_at = taken_at - interval '1 day'")
    assert [problem.kind for problem in verify_ledger().problems] == ["checkpoint broken"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", [ConsentRecord, ConsentSeal, ConsentCheckpoint])
def test_nothing_of_it_can_be_changed_or_deleted(model: type) -> None:
    say(ContactFactory.create())
    take_checkpoint()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.update(id=5)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.django_db
def test_an_erasure_on_record_leaves_the_rest_provable() -> None:
    gone, stays = ContactFactory.create(), ContactFactory.create()
    say(gone)
    say(stays)
    say(gone, ConsentAction.WITHDRAWN)
    assert erase_entries(contact_id=gone.pk, actor="alice", reason="Request 12, GDPR Art. 17") == 2
    proof = verify_ledger()
    assert (proof.holds, proof.records, proof.erased) == (True, 1, 2)
    assert ConsentErasure.objects.count() == 2


@pytest.mark.django_db
def test_entries_from_before_the_seals_are_sealed_by_the_migration() -> None:
    contact = ContactFactory.create()
    with past_all_triggers():
        append(contact, 5)
    assert {problem.kind for problem in verify_ledger().problems} == {"inserted"}
    (path,) = Path(subscribers.migrations.__path__[0]).glob("*_seals_over_the_ledger.py")
    run(importlib.import_module(f"subscribers.migrations.{path.stem}")._PAST)
    assert verify_ledger() == LedgerProof(records=5, seals=1)


@pytest.mark.django_db(transaction=True)
def test_appending_waits_for_nobody_else_who_appends() -> None:
    contacts = [ContactFactory.create() for _ in range(3)]
    done: list[int] = []

    def append_elsewhere(contact: Contact) -> None:
        with transaction.atomic():
            append(contact, 3)
        append(contact, 2)
        done.append(contact.pk)
        connection.close()

    with transaction.atomic():
        append(contacts[0], 1)
        others = [threading.Thread(target=append_elsewhere, args=[contact]) for contact in contacts[1:]]
        for other in others:
            other.start()
        for other in others:
            other.join(timeout=10)
        assert len(done) == 2
    assert prove_ledger() == LedgerProof(records=11, seals=5)


@pytest.mark.django_db
def test_the_command_says_it_in_json_and_by_its_exit() -> None:
    record = say(ContactFactory.create())
    out = StringIO()
    call_command("verify_consent_ledger", "--json", stdout=out)
    assert json.loads(out.getvalue())["ok"]
    with past_all_triggers():
        run("UPDATE subscribers_consentrecord SET action = 'withdrawn'")
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_consent_ledger", "--json", stdout=out)
    (problem,) = json.loads(out.getvalue())["problems"]
    assert (problem["kind"], problem["record"]) == ("edited", record.pk)
