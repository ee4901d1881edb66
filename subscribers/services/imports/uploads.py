"""Imports that begin in a browser: a file is taken in, mapped, and handed to a worker. Its row is the job."""

import shutil
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from subscribers import conf
from subscribers.errors import ImportRefused
from subscribers.models import CustomField, ImportRun, MailingList
from subscribers.queries.consent.policies import permission_policy
from subscribers.queries.imports.preview import choices_of, missing
from subscribers.rules.imports.choices import first_choices, mapping_of, new_fields
from subscribers.rules.imports.holding import held_at_first
from subscribers.rules.imports.records import BrokenRow
from subscribers.services.imports.assessing import assess, email_index
from subscribers.services.imports.opening import SourceFile, numbered_rows, open_source
from subscribers.services.imports.unpacking import as_text
from subscribers.services.lists import add_list

_SAMPLE_ROWS = 200
_LONGEST_CELL = 300
PARTS = ("columns", "list", "new_list", "consent", "basis", "hold")


def receive_upload(*, actor: Actor, file_name: str, blocks: Iterable[bytes]) -> ImportRun:
    """Keep the file and say what it is; nobody is imported yet. Raises ImportRefused, PermissionRefused."""
    require(actor, "subscribers.import")
    path = conf.uploads_folder() / token_hex(8) / (Path(file_name).name[-100:] or "upload.csv")
    try:
        _write(path, blocks)
        with as_text(path) as text:
            if text != path:
                shutil.move(text, path)
        source = open_source(path)
        survey = _survey(source)
    except BaseException:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    declared = dict(CustomField.offered.values_list("key", "label"))
    columns = {str(index): choice for index, choice in first_choices(source.header, source.sample, declared).items()}
    if (addresses := email_index(columns)) is not None:
        survey["risks"] = assess(source, addresses)
    return ImportRun.objects.create(
        file_name=path.name,
        file_sha256=source.sha256,
        state=ImportRun.State.DRAFT,
        upload=str(path.relative_to(conf.uploads_folder())),
        survey=survey,
        asked={"columns": columns, "hold": held_at_first(permission_policy())},
        asked_by=str(actor)[:200],
    )


def choose(*, actor: Actor, run_id: int, choices: Mapping[str, Any]) -> ImportRun:
    """Keep what the person chose so far, right or wrong; only an import that has not started takes it.

    `choices` may hold `columns` (index → choice), `list` (slug or "new"), `new_list`, `consent`, `basis` and `hold`,
    the reasons for which rows are left for review. A file is assessed anew when another column is chosen for addresses.
    Raises ImportRefused, PermissionRefused.
    """
    require(actor, "subscribers.import")
    with transaction.atomic():
        run = _locked_draft(run_id)
        run.asked = {**run.asked, **{part: choices[part] for part in PARTS if part in choices}}
        addresses = email_index(run.asked.get("columns", {}))
        if addresses is not None and run.survey.get("risks", {}).get("column") != addresses:
            run.survey["risks"] = assess(open_source(path_of(run)), addresses)
        run.save(update_fields=["asked", "survey"])
        return run


def start_upload(*, actor: Actor, run_id: int) -> ImportRun:
    """Turn the choices into an order that a worker carries out. Raises ImportRefused, PermissionRefused."""
    require(actor, "subscribers.import")
    with transaction.atomic():
        run = _locked_draft(run_id)
        if problems := missing(run):
            raise ImportRefused(" ".join(problems.values()))
        run.asked["mapping"] = _declared_mapping(run)
        run.mailing_list = _list_of(actor, run.asked)
        run.consent_source, run.basis = run.asked["consent"].strip()[:500], run.asked["basis"]
        run.asked_by, run.state, run.started_at = str(actor)[:200], ImportRun.State.QUEUED, timezone.now()
        run.save()
        return run


def discard_upload(*, actor: Actor, run_id: int) -> str:
    """Drop a file that was never imported, and return its name. Raises ImportRefused, PermissionRefused."""
    require(actor, "subscribers.import")
    with transaction.atomic():
        run = _locked_draft(run_id)
        run.delete()
    drop_file(run.upload)
    return run.file_name


def path_of(run: ImportRun) -> Path:
    return conf.uploads_folder() / run.upload


def drop_file(upload: str) -> None:
    """The file and the folder that it has to itself."""
    if upload:
        shutil.rmtree((conf.uploads_folder() / upload).parent, ignore_errors=True)


def _locked_draft(run_id: int) -> ImportRun:
    run = ImportRun.objects.select_for_update().filter(pk=run_id, state=ImportRun.State.DRAFT).first()
    if run is None:
        raise ImportRefused("This import has started already, or was discarded. Nothing was changed; reload the page.")
    return run


def _write(path: Path, blocks: Iterable[bytes]) -> None:
    try:
        path.parent.mkdir(parents=True)
        with path.open("wb") as file:
            for block in blocks:
                file.write(block)
    except OSError as error:
        raise ImportRefused(
            f"{path.name} could not be kept on the server ({error.strerror}). Nothing was imported. Ask whoever runs "
            "Sendwell to make room on its disk, then upload the file again."
        ) from error


def _survey(source: SourceFile) -> dict[str, Any]:
    """What the pages of the import show, so that a file of 500 MB is read once."""
    with numbered_rows(source) as (rows, _file):
        sample = [[number, _kept(cells)] for number, cells in islice(rows, _SAMPLE_ROWS) if cells]
    return {
        "size": source.size,
        "encoding": source.encoding,
        "delimiter": source.dialect.delimiter,
        "header": [_text(name) for name in source.header],
        "sample": sample,
    }


def _kept(cells: list[str] | BrokenRow) -> list[str] | dict[str, str]:
    if isinstance(cells, BrokenRow):
        return {"text": _text(cells.text), "reason": cells.reason}
    return [_text(cell) for cell in cells]


def _text(cell: str) -> str:
    # PostgreSQL keeps no NUL, and half a surrogate is none of UTF-8.
    return cell[:_LONGEST_CELL].replace("\x00", "�").encode("utf-8", "replace").decode()


def _declared_mapping(run: ImportRun) -> dict[str, str]:
    """The mapping of the order; custom fields that it names anew exist when this returns."""
    header: list[str] = run.survey["header"]
    choices = choices_of(run)
    new = new_fields(header, choices, set(CustomField.objects.values_list("key", flat=True)))
    for index, (key, kind) in new.items():
        CustomField.objects.create(key=key, label=header[index].strip()[:100], kind=kind)
    return mapping_of(header, choices, new)


def _list_of(actor: Actor, asked: Mapping[str, Any]) -> MailingList:
    if asked["list"] == "new":
        return add_list(actor=actor, name=asked["new_list"])
    return MailingList.objects.get(slug=asked["list"])
