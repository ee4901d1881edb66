"""Answers Django's permission questions from the member's role: views, templates and services ask the same table."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from accounts.models import User
from accounts.rules.roles import is_allowed
from accounts.types import Role


class RoleBackend(BaseBackend):
    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return isinstance(user_obj, User) and user_obj.is_active and is_allowed(Role(user_obj.role), perm)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return False
