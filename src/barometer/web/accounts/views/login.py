"""Logging in with two factors, and out."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as login_with_device
from django_otp import match_token, user_has_device
from django_otp.plugins.otp_totp.models import TOTPDevice

from barometer.web.accounts.actions import confirm_second_factor, note_failure, note_login
from barometer.web.accounts.forms import CodeForm, LoginForm
from barometer.web.accounts.guard import client_address, is_verified
from barometer.web.accounts.models import User
from barometer.web.accounts.queries import must_wait
from barometer.web.accounts.second_factor import Setup, device_to_confirm, new_device, setup_of


@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """First factor. The same answer for a wrong password, an unknown address and an account kept out."""
    form = LoginForm(request.POST or None)
    if not form.is_valid():
        return _page(request, "login", form)
    email, address = form.cleaned_data["email"], client_address(request)
    if must_wait(email, address):
        form.add_error(None, gettext("Too many attempts. Wait a quarter of an hour, then try again."))
        return _page(request, "login", form, status=429)
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        note_failure(email=email, address=address)
        form.add_error(None, gettext("E-mail address and password do not fit together."))
        return _page(request, "login", form)
    login(request, user)
    if settings.SECOND_FACTOR_REQUIRED and not user_has_device(user):
        new_device(user)
    if user_has_device(user) or settings.SECOND_FACTOR_REQUIRED:
        return _onwards(request, "accounts:second_factor")
    note_login(user, address=address)
    return _home(request)


@never_cache
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Second factor: asked for, or set up by somebody who has none yet."""
    user = request.user
    if not isinstance(user, User):
        return redirect("accounts:login")
    if is_verified(user):
        return _home(request)
    form = CodeForm(request.POST or None)
    device = None if user_has_device(user) else device_to_confirm(user)
    if device is None and not user_has_device(user):
        return redirect("accounts:login")  # it was reset meanwhile: logging in makes the next one
    setup = setup_of(device) if device else None
    if not form.is_valid():
        return _page(request, "second_factor", form, setup=setup)
    if must_wait(user.email, client_address(request)):
        form.add_error(None, gettext("Too many attempts. Wait a quarter of an hour, then try again."))
        return _page(request, "second_factor", form, setup=setup, status=429)
    if device:
        return _first_time(request, user, device, form, setup)
    matched = match_token(user, form.cleaned_data["code"])
    if matched is None:
        return _wrong_code(request, user, form, None)
    return _verified(request, user, matched)


@require_POST
def log_out(request: HttpRequest) -> HttpResponseRedirect:
    logout(request)
    return HttpResponseRedirect(reverse("accounts:login"))


def _first_time(
    request: HttpRequest, user: User, device: TOTPDevice, form: CodeForm, setup: Setup | None
) -> HttpResponse:
    if not device.verify_token(form.cleaned_data["code"]):
        return _wrong_code(request, user, form, setup)
    codes = confirm_second_factor(device, by=user.email)
    _verified(request, user, device)
    return render(request, "accounts/backup_codes.html", {"codes": codes, "next": _next(request)})


def _wrong_code(request: HttpRequest, user: User, form: CodeForm, setup: Setup | None) -> HttpResponse:
    note_failure(email=user.email, address=client_address(request))
    form.add_error("code", gettext("This code is not right. Each code is valid for half a minute, and once."))
    return _page(request, "second_factor", form, setup=setup)


def _verified(request: HttpRequest, user: User, device: object) -> HttpResponseRedirect:
    login_with_device(request, device)
    note_login(user, address=client_address(request))
    return _home(request)


def _page(request: HttpRequest, name: str, form: object, status: int = 200, **values: object) -> HttpResponse:
    return render(request, f"accounts/{name}.html", {"form": form, "next": _next(request), **values}, status=status)


def _next(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else ""


def _home(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(_next(request) or reverse(settings.LOGIN_REDIRECT_URL))


def _onwards(request: HttpRequest, name: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, query={"next": _next(request)} if _next(request) else None))
