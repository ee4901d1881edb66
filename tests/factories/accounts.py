"""Team and organisation for tests."""

import factory
from factory.django import DjangoModelFactory

from accounts.models import Organisation, User


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation
        django_get_or_create = ("name",)

    name = "Huila & Sons"
    postal_address = "Torstraße 1\n10119 Berlin\nGermany"
    website = "https://huila.example"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"member{n}@huila.example")
