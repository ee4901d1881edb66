"""Background work on contacts: ids in, one service call."""

from celery import shared_task

from accounts.services.permission import SENDWELL
from subscribers.errors import ImportUnderWay
from subscribers.queries.imports.runs import undoes_under_way, unfinished_uploads
from subscribers.services import (
    duplicates,
    engagement,
    expiry_warnings,
    forgetting,
    frequency,
    imports,
    ledger,
    retention,
    scoring,
    waiting,
)
from subscribers.services.health import count_days
from subscribers.services.holding import hold_contacts
from subscribers.services.placing import place_contacts as place
from subscribers.services.rights.watching import watch_deadlines
from subscribers.services.segments import forget_snapshots, take_snapshots
from subscribers.services.sunset import follow_people, judge_people


@shared_task(name="subscribers.refresh_engagement")
def refresh_engagement() -> None:
    engagement.refresh_engagement()


@shared_task(name="subscribers.import_file")
def import_file(run_id: int) -> None:
    """The line is served in its own order: `run_id` only says that somebody stands in it."""
    if waiting := imports.run_in_turn():
        import_file.delay(waiting)


@shared_task(name="subscribers.undo_import")
def undo_import(run_id: int) -> None:
    try:
        imports.undo_import(run_id=run_id)
    except ImportUnderWay:
        # Another worker is at it, or a killed one has not been noticed yet: asked again in a minute.
        return


@shared_task(name="subscribers.keep_importing")
def keep_importing() -> None:
    """Takes up imports whose task was lost with Redis or a worker; one that is under way lets nobody else in."""
    for run_id in unfinished_uploads()[:1]:
        import_file.delay(run_id)
    for run_id in undoes_under_way():
        undo_import.delay(run_id)


@shared_task(name="subscribers.place_contacts")
def place_contacts() -> None:
    """Under the mailbox provider that reads their mail, as far as DNS has told."""
    place()


@shared_task(name="subscribers.hold_by_policy")
def hold_by_policy() -> None:
    """For contacts that came past imports, sign-up pages and the team's form."""
    hold_contacts()


@shared_task(name="subscribers.seal_ledger")
def seal_ledger() -> None:
    ledger.take_checkpoint()


@shared_task(name="subscribers.remind_unconfirmed")
def remind_unconfirmed() -> None:
    waiting.remind_unconfirmed()


@shared_task(name="subscribers.forget_unconfirmed")
def forget_unconfirmed() -> None:
    forgetting.forget_unconfirmed()


@shared_task(name="subscribers.look_for_duplicates")
def look_for_duplicates() -> None:
    """Once a day, and when somebody asks."""
    duplicates.look_for_duplicates()


@shared_task(name="subscribers.score_contacts")
def score_contacts() -> None:
    """Score and stage of everybody: once a day, and when the stages are defined anew."""
    scoring.score_contacts()


@shared_task(name="subscribers.warn_of_expiry")
def warn_of_expiry() -> None:
    expiry_warnings.warn_of_expiry()


@shared_task(name="subscribers.measure_segments")
def measure_segments() -> None:
    """Once a day, for their history."""
    take_snapshots(actor=SENDWELL)


@shared_task(name="subscribers.judge_silence")
def judge_silence() -> None:
    """Once a night, by the sunset policy."""
    judge_people()


@shared_task(name="subscribers.follow_silence")
def follow_silence() -> None:
    """Between two nights: who came back, and who was just written to."""
    follow_people()


@shared_task(name="subscribers.count_list_days")
def count_list_days() -> None:
    """Every hour, so that list health shows today as well."""
    count_days()


@shared_task(name="subscribers.forget_segment_sizes")
def forget_segment_sizes() -> None:
    forget_snapshots()


@shared_task(name="subscribers.keep_quiet_hours")
def keep_quiet_hours() -> None:
    """Batches refuse to leave at night by themselves; this says when their morning is."""
    frequency.keep_quiet_hours()


@shared_task(name="subscribers.apply_retention")
def apply_retention() -> None:
    """Once a night: forgets what its time is over for."""
    retention.apply_retention()


@shared_task(name="subscribers.watch_requests")
def watch_requests() -> None:
    """Tells people of privacy requests that are overdue, or soon will be."""
    watch_deadlines()
