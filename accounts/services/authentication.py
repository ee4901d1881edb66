"""Answers Django's permission questions from the member's role: views, templates and services ask the same table."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied

from accounts.models import User
from accounts.rules.roles import KNOWN, is_allowed
from accounts.types import Role


class RoleBackend(ModelBackend):
    """Asked first: on the permissions that roles are made of its word is final, which spares two queries a page."""

    def authenticate(self, request: Any, username: Any = None, password: Any = None, **credentials: Any) -> None:
        """Nobody signs in through this one."""
        return

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm not in KNOWN:
            return False
        if isinstance(user_obj, User) and user_obj.is_active and is_allowed(Role(user_obj.role), perm):
            return True
        raise PermissionDenied

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False
