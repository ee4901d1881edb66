import pytest

from accounts.errors import PermissionRefused
from accounts.services.permission import SENDWELL, require
from accounts.types import Role
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_a_member_may_do_what_the_role_says_and_no_more() -> None:
    analyst = UserFactory.create(role=Role.ANALYST)
    require(analyst, "campaigns.view")
    with pytest.raises(PermissionRefused, match=r"campaigns\.send"):
        require(analyst, "campaigns.send")


def test_a_member_who_was_deactivated_may_do_nothing() -> None:
    gone = UserFactory.create(role=Role.OWNER, is_active=False)
    with pytest.raises(PermissionRefused):
        require(gone, "campaigns.view")


def test_sendwell_itself_may_do_everything() -> None:
    require(SENDWELL, "accounts.manage_team")
