"""Makes, saves, renames, copies and deletes templates; a save never replaces what its author has not seen."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.services.permission import require
from accounts.types import Actor
from templates_app.errors import EditedMeanwhile, NameRefused, TemplateInUse, UnknownTemplate
from templates_app.models import Template

_LONGEST_NAME = 120


def create_template(*, name: str, source: str, actor: Actor, subject: str = "", preheader: str = "") -> Template:
    """A new template; a taken name gets a number. Raises PermissionRefused, NameRefused."""
    require(actor, "templates_app.edit")
    return Template.objects.create(
        name=_free_name(_fit_name(name[:_LONGEST_NAME])),
        **_content(source, subject, preheader),
        saved_by=str(actor)[:200],
    )


@transaction.atomic
def save_draft(*, template_id: int, revision: int, source: str, subject: str, preheader: str, actor: Actor) -> Template:
    """Save what an editor holds that began with `revision`, whether or not it compiles: typing is never lost.

    Saving the same content again changes nothing, so an answer that got lost does no harm. Raises EditedMeanwhile,
    PermissionRefused, UnknownTemplate.
    """
    require(actor, "templates_app.edit")
    template = _locked(template_id)
    content = _content(source, subject, preheader)
    if all(getattr(template, name) == value for name, value in content.items()):
        return template
    if template.revision != revision:
        raise EditedMeanwhile(saved_by=template.saved_by, revision=template.revision)
    for name, value in content.items():
        setattr(template, name, value)
    template.revision += 1
    template.saved_by, template.saved_at = str(actor)[:200], timezone.now()
    template.save()
    return template


@transaction.atomic
def rename_template(*, template_id: int, name: str, actor: Actor) -> Template:
    """Raises NameRefused, PermissionRefused, UnknownTemplate."""
    require(actor, "templates_app.edit")
    template = _locked(template_id)
    name = _fit_name(name)
    if Template.objects.filter(name=name).exclude(pk=template.pk).exists():
        raise NameRefused(f"Another template is called “{name}” already. Nothing was renamed: choose another name.")
    template.name = name
    template.save(update_fields=["name", "updated_at"])
    return template


def duplicate_template(*, template_id: int, actor: Actor) -> Template:
    """Its text under a name of its own, without its versions. Raises PermissionRefused, UnknownTemplate."""
    require(actor, "templates_app.edit")
    original = Template.objects.filter(pk=template_id).first()
    if original is None:
        raise UnknownTemplate
    return create_template(
        name=f"{original.name[: _LONGEST_NAME - 7]} (copy)",
        source=original.source,
        subject=original.subject,
        preheader=original.preheader,
        actor=actor,
    )


@transaction.atomic
def delete_template(*, template_id: int, actor: Actor) -> str:
    """Delete it with its versions and return its name. Raises TemplateInUse, PermissionRefused, UnknownTemplate."""
    require(actor, "templates_app.edit")
    template = _locked(template_id)
    try:
        with transaction.atomic():
            template.versions.all().delete()
            template.delete()
    except ProtectedError as error:
        names = sorted({str(thing) for thing in error.protected_objects})
        shown = ", ".join(f"“{name}”" for name in names[:3]) + (" and others" if len(names) > 3 else "")
        raise TemplateInUse(
            f"“{template.name}” is used by {shown}, so it was not deleted. Choose another template there first; "
            "what a sent campaign used is kept with it."
        ) from error
    return template.name


def _locked(template_id: int) -> Template:
    template = Template.objects.select_for_update().filter(pk=template_id).first()
    if template is None:
        raise UnknownTemplate
    return template


def _fit_name(name: str) -> str:
    name = " ".join(_storable(name).split())
    if not name:
        raise NameRefused("A template needs a name to be found by. Nothing was renamed.")
    if len(name) > _LONGEST_NAME:
        raise NameRefused(f"The name has {len(name)} characters; {_LONGEST_NAME} fit. Nothing was renamed: shorten it.")
    return name


def _free_name(name: str) -> str:
    taken = set(Template.objects.filter(name__startswith=name[: _LONGEST_NAME - 6]).values_list("name", flat=True))
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name[: _LONGEST_NAME - 6]} {number}"
    return free


def _content(source: str, subject: str, preheader: str) -> dict[str, str]:
    return {
        "source": _storable(source),
        "subject": _storable(subject)[:500],
        "preheader": _storable(preheader)[:300],
    }


def _storable(text: str) -> str:
    # PostgreSQL stores no NUL; browsers send line ends as CRLF.
    return text.replace("\0", "").replace("\r\n", "\n")
