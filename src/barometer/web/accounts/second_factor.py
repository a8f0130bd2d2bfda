"""Setting up a second factor: a time-based code (RFC 6238) by an app on the phone."""

import base64
from dataclasses import dataclass

import segno
from django_otp.plugins.otp_totp.models import TOTPDevice

from barometer.web.accounts.models import User


@dataclass(frozen=True)
class Setup:
    """What the page shows: the QR code as an address of an image, and the key for typing in."""

    picture: str
    key: str


def new_device(user: User) -> TOTPDevice:
    """The device to set up; the same one until it is confirmed, so that a second try fits the code scanned."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "phone"})
    return device


def device_to_confirm(user: User) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


def setup_of(device: TOTPDevice) -> Setup:
    key = base64.b32encode(device.bin_key).decode().rstrip("=")
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=4, border=3, light="#fff")
    return Setup(picture, " ".join(key[i : i + 4] for i in range(0, len(key), 4)))
