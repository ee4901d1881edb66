"""Lists of other systems, and our own export, become suppressions."""

from datetime import UTC, datetime

from deliverability.rules.suppression_files import RowRefused, read_suppressions
from deliverability.types import NewSuppression, Scope, SuppressionReason

OTHERWISE = NewSuppression("", Scope.MARKETING, SuppressionReason.MANUAL, "from the old system", added_by="Mira")


def read(*lines: str) -> list[NewSuppression | RowRefused]:
    return list(read_suppressions([f"{line}\r\n" for line in lines], otherwise=OTHERWISE))


def reasons(*lines: str) -> list[str]:
    return [each.reason for each in read(*lines) if isinstance(each, NewSuppression)]


def test_a_plain_list_of_addresses_needs_no_head() -> None:
    found = read("ada@example.org", "", "grace@example.org")
    assert [each.address for each in found if isinstance(each, NewSuppression)] == [
        "ada@example.org",
        "grace@example.org",
    ]
    assert found[0] == NewSuppression(
        "ada@example.org", Scope.MARKETING, SuppressionReason.MANUAL, "from the old system", added_by="Mira"
    )


def test_what_other_systems_call_it_is_understood() -> None:
    assert reasons("Email,Status", "a@x.org,cleaned", "b@x.org,Unsubscribed", "c@x.org,???") == [
        "hard_bounce",
        "unsubscribe",
        "manual",
    ]
    assert reasons('"Recipient";"SuppressionReason"', "a@x.org;HardBounce", "b@x.org;SpamComplaint") == [
        "hard_bounce",
        "complaint",
    ]
    assert reasons("email\treason\tcreated", "a@x.org\tspam report\t1700000000") == ["complaint"]


def test_times_are_read_as_they_are_written() -> None:
    [iso, seconds, neither] = read(
        "email,created", "a@x.org,2026-11-01T10:00:00+01:00", "b@x.org,1700000000", "c@x.org,lately"
    )
    assert isinstance(iso, NewSuppression)
    assert isinstance(seconds, NewSuppression)
    assert isinstance(neither, NewSuppression)
    assert iso.since == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert seconds.since == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert neither.since is None


def test_a_row_that_names_nobody_is_refused_and_the_others_are_not() -> None:
    found = read("email,reason", "nonsense,bounce", ",bounce", "a@x.org,bounce", "b@x\0.org,")
    assert [(each.row, each.why) for each in found if isinstance(each, RowRefused)] == [
        (2, "This is no e-mail address."),
        (3, "The row names no address."),
    ]
    assert len(found) == 4


def test_a_file_without_a_column_of_addresses_is_refused_once() -> None:
    [refused] = read("name,town", "Ada,London", "Grace,New York")
    assert isinstance(refused, RowRefused)
    assert "No column is named" in refused.why


def test_streams_and_topics_need_their_id() -> None:
    found = read("email,scope,target", "a@x.org,stream,3", "b@x.org,topic,", "c@x.org,everything,9")
    assert [(each.scope, each.target) for each in found if isinstance(each, NewSuppression)] == [
        (Scope.STREAM, 3),
        (Scope.MARKETING, 0),
        (Scope.EVERYTHING, 0),
    ]
