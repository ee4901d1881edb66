"""Templates and published versions for tests."""

import factory
from factory.django import DjangoModelFactory

from templates_app.models import Template, TemplateVersion
from templates_app.services.versions import publish_version
from tests.factories.accounts import OrganisationFactory

SOURCE = """<mjml lang="en">
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text>Hello {{ contact.first_name | default: "there" }},</mj-text>
        <mj-button href="https://huila.example/winter">See the winter lots</mj-button>
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""


class TemplateFactory(DjangoModelFactory[Template]):
    class Meta:
        model = Template

    name = factory.Sequence(lambda n: f"Template {n}")
    source = SOURCE


class VersionFactory:
    """Publishes, as the product does: a version that was never compiled could not be sent."""

    @staticmethod
    def create(*, subject: str = "News", preheader: str = "", **template_fields: object) -> TemplateVersion:
        OrganisationFactory.create()
        template = TemplateFactory.create(**template_fields)
        return publish_version(template_id=template.id, subject=subject, preheader=preheader)
