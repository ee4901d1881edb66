import pytest
from django.core.cache import cache

from subscribers.models import SignUpForm
from tests.factories.accounts import OrganisationFactory
from tests.factories.deliverability import StreamFactory
from tests.factories.subscribers import ConsentWordingFactory, MailingListFactory


@pytest.fixture
def form() -> SignUpForm:
    """An open form for two lists, with all that it takes to send its confirmation."""
    cache.clear()  # what earlier tests were counted for
    OrganisationFactory.create()
    StreamFactory.create(slug="transactional")
    form = SignUpForm.objects.create(slug="letters", title="Our letters", wording=ConsentWordingFactory.create())
    form.lists.set([MailingListFactory.create(slug="news"), MailingListFactory.create(slug="offers")])
    return form
