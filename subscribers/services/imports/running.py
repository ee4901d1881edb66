"""What a worker does with an import from the browser; may be called twice, late, or at once."""

from django.core.cache import cache
from redis.exceptions import RedisError

from subscribers import conf
from subscribers.errors import ImportUnderWay, SubscribersError
from subscribers.models import ImportRun
from subscribers.queries.import_runs import progress_key
from subscribers.rules.judgement import Risk
from subscribers.services.imports.importing import ImportOrder, import_contacts
from subscribers.services.imports.uploads import drop_file, path_of
from subscribers.types import Basis

_UNDER_WAY = (ImportRun.State.QUEUED, ImportRun.State.RUNNING)
_KEEP_SECONDS = 3600


def run_upload(*, run_id: int) -> None:
    """Import the file, from the start or from where another worker died. What goes wrong is told on the row."""
    run = ImportRun.objects.select_related("mailing_list").filter(pk=run_id, state__in=_UNDER_WAY).first()
    if run is None or not run.upload or run.mailing_list is None:
        return
    order = ImportOrder(
        path=path_of(run),
        list_slug=run.mailing_list.slug,
        consent_source=run.consent_source,
        actor=run.asked_by,
        basis=Basis(run.basis),
        mapping=run.asked["mapping"],
        rejects_path=conf.imports_folder() / f"{run.pk}-rejects.csv",
        held=[Risk(risk) for risk in run.asked.get("hold", ())],
        run_id=run.pk,
        patience=0,
    )
    try:
        import_contacts(order=order, progress=_Watcher(run.pk))
    except ImportUnderWay:
        return
    except SubscribersError as error:
        ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.FAILED, error=str(error)[:2000])
        return
    drop_file(run.upload)
    # The first rows of the file stand in the survey, and are as personal as the file.
    ImportRun.objects.filter(pk=run.pk).update(upload="", survey={})


class _Watcher:
    """Says in Redis how far it is: the rows are written in one transaction, from which nobody could read it."""

    def __init__(self, run_id: int) -> None:
        self._key = progress_key(run_id)

    def __call__(self, phase: str, done: int, total: int) -> None:
        try:
            cache.set(self._key, (phase, done, total), _KEEP_SECONDS)
        except RedisError:
            # The import matters more than its bar.
            pass
