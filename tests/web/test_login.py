"""Logging in: two factors, no guessing, and the way out."""

import pytest
from desk import PASSWORD, at_the_desk, member
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from lxml import html

from barometer.web.accounts.actions import confirm_second_factor, reset_second_factor
from barometer.web.accounts.models import FailedLogin, User
from barometer.web.accounts.queries import FROM_ONE_PLACE
from barometer.web.audit.models import Event

pytestmark = pytest.mark.django_db
LOGIN, CODE, HOME = "/staff/login/", "/staff/login/code/", "/staff/"


@pytest.fixture
def ida() -> User:
    return member()


def first_factor(client: Client, password: str = PASSWORD) -> int:
    return client.post(LOGIN, {"email": "ida@example.org", "password": password}).status_code


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    token = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    token.time = timezone.now().timestamp() + steps * device.step
    return f"{token.token():06d}"


def set_up(user: User) -> tuple[TOTPDevice, list[str]]:
    device = TOTPDevice.objects.create(user=user, name="phone", confirmed=False)
    return device, confirm_second_factor(device, by=user.email)


def test_a_password_alone_opens_no_page(client: Client, ida: User) -> None:
    set_up(ida)
    assert first_factor(client) == 302
    assert client.get(HOME).url.startswith(CODE)


def test_password_and_code_open_the_desk(client: Client, ida: User) -> None:
    device, _ = set_up(ida)
    first_factor(client)
    assert client.post(CODE, {"code": code_of(device)}).url == HOME
    assert client.get(HOME).status_code == 200
    assert Event.objects.filter(act="logged in", by=ida.email).count() == 1


def test_a_code_opens_once(client: Client, ida: User) -> None:
    device, _ = set_up(ida)
    code = code_of(device)
    for _ in range(2):
        client.logout()
        first_factor(client)
        client.post(CODE, {"code": code})
    assert client.get(HOME).status_code == 302


def test_a_backup_code_opens_once(client: Client, ida: User) -> None:
    _, codes = set_up(ida)
    outcomes = []
    for _ in range(2):
        client.logout()
        first_factor(client)
        client.post(CODE, {"code": codes[0].upper()})
        outcomes.append(client.get(HOME).status_code)
    assert outcomes == [200, 302]


def test_who_has_no_second_factor_sets_one_up_before_anything_else(client: Client, ida: User) -> None:
    first_factor(client)
    assert "<img" in client.get(CODE).content.decode()
    device = TOTPDevice.objects.get(user=ida)
    shown = client.post(CODE, {"code": code_of(device)}).content.decode()
    assert shown.count("<li><code>") == 10
    assert client.get(HOME).status_code == 200


def test_showing_the_page_of_the_second_factor_makes_no_device(client: Client, ida: User) -> None:
    first_factor(client)
    reset_second_factor(ida, by="tests")
    client.get(CODE)
    assert not TOTPDevice.objects.exists()


def test_a_second_factor_can_be_made_optional_for_a_demo(client: Client, ida: User, settings: LazySettings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    first_factor(client)
    assert client.get(HOME).status_code == 200


def test_who_has_a_second_factor_needs_it_even_where_it_is_optional(
    client: Client, ida: User, settings: LazySettings
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    set_up(ida)
    first_factor(client)
    assert client.get(HOME).status_code == 302


def test_wrong_password_and_unknown_address_get_the_same_answer(client: Client, ida: User) -> None:
    told = []
    for email in (ida.email, "nobody@example.org"):
        page = html.fromstring(client.post(LOGIN, {"email": email, "password": "wrong"}).content)
        told.append(page.xpath("string(//div[@class='ds-error-summary'])"))
    assert "do not fit together" in told[0]
    assert told[0] == told[1]


def test_guessing_is_stopped_even_with_the_right_password_at_last(client: Client, ida: User) -> None:
    for _ in range(FROM_ONE_PLACE):
        first_factor(client, "wrong")
    assert first_factor(client) == 429


def test_failures_keep_no_address_readable(client: Client, ida: User) -> None:
    first_factor(client, "wrong")
    kept = FailedLogin.objects.get()
    assert "ida" not in kept.account and "127" not in kept.place


def test_codes_cannot_be_guessed_either(client: Client, ida: User) -> None:
    set_up(ida)
    first_factor(client)
    codes = [client.post(CODE, {"code": "000000"}).status_code for _ in range(FROM_ONE_PLACE + 1)]
    assert codes[-1] == 429


def test_the_way_on_leads_to_own_pages_only(client: Client, ida: User) -> None:
    device, _ = set_up(ida)
    first_factor(client)
    posted = client.post(CODE, {"code": code_of(device), "next": "https://evil.example/"})
    assert posted.url == HOME


def test_logging_out_is_a_post(ida: User) -> None:
    client = at_the_desk(ida)
    assert client.get("/staff/logout/").status_code == 405
    client.post("/staff/logout/")
    assert client.get(HOME).status_code == 302


def test_a_form_without_its_key_is_refused(ida: User) -> None:
    assert at_the_desk(ida, enforce_csrf_checks=True).post("/staff/logout/").status_code == 403


def test_who_is_kept_out_is_out_at_the_next_click(ida: User) -> None:
    ole = member(name="ole")
    browser = at_the_desk(ole)
    at_the_desk(ida).post(reverse("accounts:active", args=[ole.pk]))
    assert browser.get(HOME).status_code == 302


def test_a_changed_password_ends_other_sessions(ida: User) -> None:
    here, there = at_the_desk(ida), at_the_desk(ida)
    new = "quite another password"
    assert here.post("/staff/account/password/", {"old": PASSWORD, "new": new}).status_code == 302
    assert (here.get(HOME).status_code, there.get(HOME).status_code) == (200, 302)


def test_a_weak_password_is_refused(ida: User) -> None:
    shown = at_the_desk(ida).post("/staff/account/password/", {"old": PASSWORD, "new": "short"})
    assert "too short" in shown.content.decode()


def test_pages_are_in_the_language_of_the_account(ida: User) -> None:
    client = at_the_desk(ida)
    client.post("/staff/account/language/", {"language": "da"})
    assert '<html lang="da">' in client.get(HOME).content.decode()


def test_a_manager_adds_a_person_who_can_log_in_with_the_password_shown_once(client: Client, ida: User) -> None:
    shown = at_the_desk(ida).post("/staff/people/add/", {"name": "Ole", "email": "Ole@Example.org"}).content.decode()
    password = shown.split('<code class="key">')[1].split("<")[0]
    assert client.post(LOGIN, {"email": "ole@example.org", "password": password}).url.startswith(CODE)


def test_a_manager_gives_and_takes_roles(ida: User) -> None:
    ole, client = member("", name="ole"), at_the_desk(ida)
    address = reverse("accounts:role", args=[ole.pk])
    client.post(address, {"role": "analyst", "edition": "demo"})
    assert [(one.role, one.edition) for one in ole.memberships.all()] == [("analyst", "demo")]
    client.post(address, {"role": "analyst", "edition": "demo", "take": "1"})
    assert not ole.memberships.exists()


def test_a_manager_cannot_take_the_own_role(ida: User) -> None:
    at_the_desk(ida).post(reverse("accounts:role", args=[ida.pk]), {"role": "manager", "edition": "", "take": "1"})
    assert ida.memberships.filter(role="manager").exists()


def test_an_auditor_of_one_edition_sees_no_other(ida: User) -> None:
    browser = at_the_desk(member("auditor", "demo", name="eva"))
    member("analyst", "elsewhere", name="kim")
    assert "elsewhere" not in browser.get("/staff/log/").content.decode()


def test_checking_the_log_finds_it_whole(ida: User) -> None:
    assert "as it was written" in at_the_desk(ida).post("/staff/log/check/").content.decode()
