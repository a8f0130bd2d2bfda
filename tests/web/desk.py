"""The survey team at its desk, for tests: people with roles, logged in with both factors."""

from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from barometer.web.accounts.actions import add_user
from barometer.web.accounts.models import User

PASSWORD = "a password nobody guesses"


def member(role: str = "manager", edition: str = "", *, name: str = "ida") -> User:
    """A person with one role in an edition ('' for all); none when the role is ''."""
    roles = {role: edition} if role else {}
    return add_user(email=f"{name}@example.org", name=name.title(), password=PASSWORD, roles=roles, by="tests")


def at_the_desk(user: User, **more: bool) -> Client:
    """A browser in which the person has logged in with both factors."""
    client = Client(**more)
    client.force_login(user)
    device, _ = TOTPDevice.objects.get_or_create(user=user, name="phone", confirmed=True)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return client
