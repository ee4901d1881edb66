"""Verifies the consent ledger against its seals and checkpoints: what was edited, deleted, reordered or slipped in.

Hashes are computed here, not by the database's own functions: whoever can change rows can change functions too.
"""

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import connection

from subscribers import conf
from subscribers.models import ConsentCheckpoint, ConsentErasure, ConsentRecord, ConsentSeal

DIGEST_BYTES = 16
_MOST_PROBLEMS = 1_000
_SEALS_AT_ONCE = 500
_COLUMNS = """id, contact_id, mailing_list_id, purpose, action, basis, wording_id, source,
    actor, host(ip), user_agent, jurisdiction, (extract(epoch FROM occurred_at) * 1000000)::bigint,
    (extract(epoch FROM expires_at) * 1000000)::bigint, (extract(epoch FROM recorded_at) * 1000000)::bigint"""
# Without a detail, an entry is written as version 1 wrote all of them: it reads those too, and finds a detail that
# somebody gave to one of them later.
_WITH_DETAIL = f"""substring(sha256(convert_to(
    CASE detail WHEN '' THEN ROW({_COLUMNS})::text ELSE ROW({_COLUMNS}, detail)::text END, 'UTF8')) FOR 16)"""
# By the seal's version, what the digest of an entry covers and how it is written. Never change one: add another, and a
# trigger that writes it.
_DIGESTS = {1: _WITH_DETAIL, 2: _WITH_DETAIL}
_UNSEALED = """
SELECT id FROM (
    SELECT id FROM subscribers_consentrecord EXCEPT SELECT unnest(record_ids) FROM subscribers_consentseal
) unsealed ORDER BY id LIMIT %s
"""
_LOST_WITNESSES = """
SELECT seal.id, seal.witness_id FROM subscribers_consentseal seal
LEFT JOIN subscribers_consentseal seen ON seen.id = seal.witness_id
WHERE seal.witness_id IS NOT NULL AND seen.digest IS DISTINCT FROM seal.witness ORDER BY seal.id LIMIT %s
"""
_LOST_HEADS = """
SELECT checkpoint.id, head.key, head.value ->> 0 FROM subscribers_consentcheckpoint checkpoint
CROSS JOIN jsonb_each(checkpoint.heads) head
LEFT JOIN subscribers_consentseal seal ON seal.lane = head.key::smallint
    AND seal.number = (head.value ->> 0)::bigint AND encode(seal.digest, 'hex') = head.value ->> 1
WHERE seal.id IS NULL ORDER BY checkpoint.id LIMIT %s
"""
# One look into the index for each of the 64 lanes, however long they are.
_HEADS = """
SELECT lanes.lane, newest.number, encode(newest.digest, 'hex') FROM generate_series(0, 63) lanes (lane)
JOIN LATERAL (SELECT number, digest FROM subscribers_consentseal seal
    WHERE seal.lane = lanes.lane ORDER BY number DESC LIMIT 1) newest ON true
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not add up. `record` is the ledger entry it speaks of, where it speaks of one."""

    kind: str
    detail: str
    record: int | None = None


@dataclass
class LedgerProof:
    """What was read, and what did not add up: at most a thousand problems, the rest is only counted."""

    records: int = 0
    erased: int = 0
    seals: int = 0
    checkpoints: int = 0
    found: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.found == 0

    def add(self, kind: str, detail: str, record: int | None = None) -> None:
        self.found += 1
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(Problem(kind, detail, record))


def verify_ledger() -> LedgerProof:
    """Reads everything once; some seconds for a million entries. Call inside one transaction that sees one moment."""
    proof = LedgerProof()
    erased = set(ConsentErasure.objects.values_list("record_id", flat=True))
    seals = ConsentSeal.objects.order_by("lane", "number").iterator(_SEALS_AT_ONCE)
    for seal in _checked_chain(proof, seals):
        _check_entries(proof, seal, erased)
    _check_rest(proof)
    _check_checkpoints(proof)
    return proof


def _checked_chain(proof: LedgerProof, seals: Iterable[ConsentSeal]) -> Iterator[ConsentSeal]:
    lane, number, before = -1, 0, b""
    for seal in seals:
        if seal.lane != lane:
            lane, number, before = seal.lane, 0, b""
        if seal.number != number + 1:
            proof.add("seal missing", f"Lane {lane} goes from link {number} to link {seal.number}.")
        if bytes(seal.digest) != digest_of(seal, before):
            proof.add("seal broken", f"Link {seal.number} of lane {lane} is not what was written after the one before.")
        number, before = seal.number, bytes(seal.digest)
        proof.seals += 1
        yield seal


def digest_of(seal: ConsentSeal, before: bytes) -> bytes:
    words = ":".join(
        [
            *map(str, (seal.lane, seal.number, seal.version, seal.witness_id or 0)),
            ",".join(map(str, seal.record_ids)),
        ]
    )
    return sha256(before + bytes(seal.witness or b"") + words.encode() + bytes(seal.digests)).digest()


def _check_entries(proof: LedgerProof, seal: ConsentSeal, erased: set[int]) -> None:
    digests = bytes(seal.digests)
    there = _digests_of(seal.record_ids, seal.version)
    for place, record in enumerate(seal.record_ids):
        written = digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]
        found = there.get(record)
        if found is None and record in erased:
            proof.erased += 1
        elif found is None:
            proof.add("deleted", f"Entry {record} was written and is not there any more.", record)
        elif found != written:
            proof.add("edited", f"Entry {record} is not as it was written.", record)
        proof.records += found is not None


def _digests_of(record_ids: list[int], version: int) -> dict[int, bytes]:
    if version not in _DIGESTS:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {_DIGESTS[version]} FROM subscribers_consentrecord WHERE id = ANY(%s)",  # noqa: S608
            [record_ids],
        )
        return {record: bytes(digest) for record, digest in cursor.fetchall()}


def fingerprints_of(record_ids: list[int]) -> dict[int, bytes]:
    """The digests of entries as they stand now, by the newest way of writing them."""
    return _digests_of(record_ids, max(_DIGESTS))


def _check_rest(proof: LedgerProof) -> None:
    """What stands in no seal, and links that another one has seen and that are gone."""
    with connection.cursor() as cursor:
        if proof.records != ConsentRecord.objects.count():
            cursor.execute(_UNSEALED, [_MOST_PROBLEMS])
            for (record,) in cursor.fetchall():
                proof.add("inserted", f"Entry {record} was slipped in past the ledger's seals.", record)
        cursor.execute(_LOST_WITNESSES, [_MOST_PROBLEMS])
        for seal, seen in cursor.fetchall():
            proof.add("seal missing", f"Seal {seal} was written after seal {seen}, which is gone or changed.")


def _check_checkpoints(proof: LedgerProof) -> None:
    before = b""
    for checkpoint in ConsentCheckpoint.objects.order_by("pk").iterator():
        proof.checkpoints += 1
        signature = signature_of(checkpoint.taken_at.timestamp(), checkpoint.seals, checkpoint.heads, before)
        if not hmac.compare_digest(bytes(checkpoint.signature), signature):
            proof.add("checkpoint broken", f"Checkpoint {checkpoint.pk} does not bear our signature.")
        before = bytes(checkpoint.signature)
    with connection.cursor() as cursor:
        cursor.execute(_LOST_HEADS, [_MOST_PROBLEMS])
        for checkpoint_id, lane, number in cursor.fetchall():
            detail = f"Link {number} of lane {lane} stood at checkpoint {checkpoint_id} and is gone or changed."
            proof.add("seal missing", detail)


def signature_of(taken_at: float, seals: int, heads: dict[str, Any], before: bytes) -> bytes:
    """What signs a checkpoint: a key that stands in no table, over its facts and the checkpoint before."""
    facts = json.dumps([round(taken_at * 1_000_000), seals, heads, before.hex()], sort_keys=True)
    return hmac.digest(conf.ledger_key(), facts.encode(), "sha256")


def chain_heads() -> dict[str, Any]:
    """Where every lane stands: its last link's number and digest."""
    with connection.cursor() as cursor:
        cursor.execute(_HEADS)
        return {str(lane): [number, digest] for lane, number, digest in cursor.fetchall()}
