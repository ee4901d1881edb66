"""Background work on contacts: ids in, one service call."""

from celery import shared_task

from accounts.services.permission import SENDWELL
from subscribers.queries.import_runs import unfinished_uploads
from subscribers.services import engagement, forgetting, ledger, scoring, waiting
from subscribers.services.health import count_days
from subscribers.services.holding import hold_contacts
from subscribers.services.imports import run_upload
from subscribers.services.placing import place_contacts as place
from subscribers.services.segments import forget_snapshots, take_snapshots
from subscribers.services.sunset import follow_people, judge_people


@shared_task(name="subscribers.refresh_engagement")
def refresh_engagement() -> None:
    engagement.refresh_engagement()


@shared_task(name="subscribers.import_file")
def import_file(run_id: int) -> None:
    run_upload(run_id=run_id)


@shared_task(name="subscribers.keep_importing")
def keep_importing() -> None:
    """Takes up imports whose task was lost with Redis or a worker; one that is under way lets nobody else in."""
    for run_id in unfinished_uploads():
        import_file.delay(run_id)


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


@shared_task(name="subscribers.score_contacts")
def score_contacts() -> None:
    """Score and stage of everybody: once a day, and when the stages are defined anew."""
    scoring.score_contacts()


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
