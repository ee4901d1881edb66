"""The team and the organisation that sends."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from accounts.types import Role


class UserAccounts(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **{"role": Role.OWNER, **fields})


class User(AbstractUser):
    """A member of the team, who signs in with an e-mail address."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    role = models.CharField(
        max_length=20, choices=[(role.value, role.value.title()) for role in Role], default=Role.ANALYST
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserAccounts] = UserAccounts()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Organisation(models.Model):
    """The sender as the law wants it named: its identity and postal address stand in every marketing mail."""

    name = models.CharField(max_length=200)
    postal_address = models.TextField(help_text="Street, town and country: CAN-SPAM and CASL require it in every mail.")
    website = models.URLField(blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    brand_color = models.CharField(max_length=7, default="#84316b")

    def __str__(self) -> str:
        return self.name
