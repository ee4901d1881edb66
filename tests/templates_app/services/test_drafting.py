"""Drafts: nothing typed is refused, nothing of somebody else is overwritten."""

import pytest

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL
from accounts.types import Role
from templates_app.errors import EditedMeanwhile, NameRefused, TemplateInUse, UnknownTemplate
from templates_app.models import Template, TemplateVersion
from templates_app.services.drafting import (
    create_template,
    delete_template,
    duplicate_template,
    rename_template,
    save_draft,
)
from tests.factories.accounts import UserFactory
from tests.factories.campaigns import CampaignFactory
from tests.factories.templates_app import TemplateFactory, VersionFactory

pytestmark = pytest.mark.django_db


def saved(template: Template, revision: int, source: str) -> Template:
    return save_draft(
        template_id=template.pk, revision=revision, source=source, subject="", preheader="", actor=SENDWELL
    )


def test_a_broken_source_is_saved_like_any_other() -> None:
    template = saved(TemplateFactory.create(), 1, "<mjml><mj-bo")
    template.refresh_from_db()
    assert (template.source, template.revision, template.saved_by) == ("<mjml><mj-bo", 2, "Sendwell")


def test_a_save_that_began_with_an_older_revision_is_refused_and_changes_nothing() -> None:
    template = TemplateFactory.create()
    saved(template, 1, "theirs")
    with pytest.raises(EditedMeanwhile) as refused:
        saved(template, 1, "mine")
    assert (refused.value.saved_by, refused.value.revision) == ("Sendwell", 2)
    template.refresh_from_db()
    assert template.source == "theirs"


def test_saving_the_same_again_is_no_conflict_as_when_an_answer_got_lost() -> None:
    template = TemplateFactory.create()
    saved(template, 1, "mine")
    assert saved(template, 1, "mine").revision == 2


def test_who_may_only_look_saves_nothing() -> None:
    template = TemplateFactory.create()
    analyst = UserFactory.create(role=Role.ANALYST)
    with pytest.raises(PermissionRefused):
        save_draft(template_id=template.pk, revision=1, source="", subject="", preheader="", actor=analyst)


def test_names_are_tidied_and_never_shared() -> None:
    first = create_template(name="  Autumn \n letter ", source="", actor=SENDWELL)
    second = create_template(name="Autumn letter", source="", actor=SENDWELL)
    assert (first.name, second.name) == ("Autumn letter", "Autumn letter 2")
    with pytest.raises(NameRefused, match="“Autumn letter” already"):
        rename_template(template_id=second.pk, name="Autumn letter", actor=SENDWELL)
    with pytest.raises(NameRefused, match="needs a name"):
        rename_template(template_id=second.pk, name=" ", actor=SENDWELL)
    assert rename_template(template_id=second.pk, name="Winter letter", actor=SENDWELL).name == "Winter letter"


def test_a_copy_has_the_text_and_not_the_versions() -> None:
    original = VersionFactory.create(name="Winter").template
    copy = duplicate_template(template_id=original.pk, actor=SENDWELL)
    assert (copy.name, copy.source, copy.versions.count()) == ("Winter (copy)", original.source, 0)


def test_deleting_takes_the_versions_along_unless_a_campaign_needs_them() -> None:
    unused = VersionFactory.create().template
    delete_template(template_id=unused.pk, actor=SENDWELL)
    assert not TemplateVersion.objects.exists()
    with pytest.raises(UnknownTemplate):
        delete_template(template_id=unused.pk, actor=SENDWELL)
    used = CampaignFactory.create(name="Autumn").template
    with pytest.raises(TemplateInUse, match="is used by “Autumn”, so it was not deleted"):
        delete_template(template_id=used.pk, actor=SENDWELL)
    assert Template.objects.filter(pk=used.pk).exists()
