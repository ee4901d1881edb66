"""What a worker does with an import from the browser; may be called twice, late, or at once."""

import time
from collections.abc import Callable

from django.core.cache import cache
from redis.exceptions import RedisError

from subscribers import conf
from subscribers.errors import ImportHalted, ImportUnderWay, SubscribersError
from subscribers.models import ImportRun
from subscribers.queries.imports.runs import first_in_line, progress_key
from subscribers.rules.imports.holding import HoldReason
from subscribers.services.imports.importing import ImportOrder, import_contacts
from subscribers.services.imports.runs import UNDER_WAY, turn
from subscribers.services.imports.uploads import drop_file, path_of
from subscribers.types import Basis

_KEEP_SECONDS = 3600
# A pace is told over the last so many seconds: an import slows down and speeds up.
_SPAN = 10.0


def run_in_turn() -> int | None:
    """Import the upload that is first in line; the id of the one that is first then, None where nobody waits.

    None too where another worker has the turn, who then sees to the line.
    """
    with turn() as is_mine:
        run_id = first_in_line() if is_mine else None
        if run_id is None or not run_upload(run_id=run_id):
            return None
    return first_in_line()


def run_upload(*, run_id: int) -> bool:
    """Import the file, from the start or from where another worker died. What goes wrong is told on the row.

    False where another process is at it.
    """
    run = ImportRun.objects.select_related("mailing_list").filter(pk=run_id, state__in=UNDER_WAY).first()
    if run is None or not run.upload or run.mailing_list is None:
        return True
    try:
        import_contacts(order=_order(run, run.mailing_list.slug), progress=_Watcher(run.pk))
    except ImportUnderWay:
        return False
    except ImportHalted:
        return True
    except SubscribersError as error:
        broken = ImportRun.objects.filter(pk=run.pk, state__in=UNDER_WAY)
        broken.update(state=ImportRun.State.FAILED, error=str(error)[:2000])
        return True
    drop_file(run.upload)
    # The first rows of the file stand in the survey, and are as personal as the file.
    ImportRun.objects.filter(pk=run.pk).update(upload="", survey={})
    return True


def _order(run: ImportRun, slug: str) -> ImportOrder:
    return ImportOrder(
        path=path_of(run),
        list_slug=slug,
        consent_source=run.consent_source,
        actor=run.asked_by,
        basis=Basis(run.basis),
        mapping=run.asked["mapping"],
        rejects_path=conf.imports_folder() / f"{run.pk}-rejects.csv",
        held=[HoldReason(reason) for reason in run.asked.get("hold", ())],
        run_id=run.pk,
        patience=0,
    )


class _Watcher:
    """Says in Redis how far it is and at what pace: the row of an import knows only what is committed."""

    def __init__(self, run_id: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._key = progress_key(run_id)
        self._clock = clock
        self._phase = ""
        self._seen: list[tuple[float, int]] = []

    def __call__(self, phase: str, done: int, total: int) -> None:
        now = self._clock()
        if phase != self._phase:
            self._phase, self._seen = phase, []
        self._seen = [*(seen for seen in self._seen if seen[0] > now - _SPAN), (now, done)]
        (since, before), seconds = self._seen[0], now - self._seen[0][0]
        pace = (done - before) / seconds if since < now else 0.0
        try:
            cache.set(self._key, (phase, done, total, pace), _KEEP_SECONDS)
        except RedisError:
            # The import matters more than its bar.
            pass
