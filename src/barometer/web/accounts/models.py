"""Members of staff, their roles, and failed attempts to log in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from barometer.web.accounts.roles import ROLES


class Users(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username or "")


class User(AbstractBaseUser):
    """A member of the survey team, known by e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.email


class Membership(models.Model):
    """A role of a person in an edition; '' stands for every edition."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    edition = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=40, choices=[(name, name) for name in ROLES])

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "edition", "role"], name="membership_once"),)


class FailedLogin(models.Model):
    """A wrong password or code. Keeps keyed hashes, not addresses, and is deleted after a day."""

    account = models.CharField(max_length=64, db_index=True)  # of the e-mail address typed
    place = models.CharField(max_length=64, db_index=True)  # of the network address it came from
    at = models.DateTimeField(auto_now_add=True)
