"""Pauses an import under way, lets it go on, or stops it for good: the worker looks at the row."""

from accounts.services.permission import require
from accounts.types import Actor
from subscribers.models import ImportRun
from subscribers.services.imports.uploads import drop_file

_State = ImportRun.State
_UNDER_WAY = (_State.QUEUED, _State.RUNNING)


def pause_import(*, actor: Actor, run_id: int) -> bool:
    """Stop it behind the transaction that it is at, to go on from there. False if it was not under way.

    Raises PermissionRefused.
    """
    require(actor, "subscribers.import")
    return bool(ImportRun.objects.filter(pk=run_id, state__in=_UNDER_WAY).update(state=_State.PAUSED))


def start_again(*, actor: Actor, run_id: int) -> bool:
    """Let a worker go on with an upload that was paused or broke off. Raises PermissionRefused."""
    require(actor, "subscribers.import")
    stopped = ImportRun.objects.filter(pk=run_id, state__in=(_State.FAILED, _State.PAUSED)).exclude(upload="")
    return bool(stopped.update(state=_State.QUEUED, error=""))


def cancel_import(*, actor: Actor, run_id: int) -> bool:
    """Stop it for good; what was written stays until it is undone, and the upload goes. False if it was through.

    Raises PermissionRefused.
    """
    require(actor, "subscribers.import")
    open_ones = ImportRun.objects.filter(pk=run_id, state__in=(*_UNDER_WAY, _State.PAUSED, _State.FAILED))
    if not open_ones.update(state=_State.CANCELLED, error=""):
        return False
    run = ImportRun.objects.get(pk=run_id)
    ImportRun.objects.filter(pk=run_id).update(upload="", survey={})
    # A worker that is still reading it has it open, and looks at the row before it writes anything.
    drop_file(run.upload)
    return True
