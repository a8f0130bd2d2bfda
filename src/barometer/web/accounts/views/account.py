"""The person's own page: language, password, second factor."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import user_has_device
from django_otp.plugins.otp_static.models import StaticToken

from barometer.web.accounts.actions import change_language, change_password, new_backup_codes
from barometer.web.accounts.forms import LanguageForm, PasswordForm
from barometer.web.accounts.guard import StaffRequest, staff


@require_safe
@staff
def account(request: StaffRequest) -> HttpResponse:
    return _page(request, PasswordForm(request.user))


@require_http_methods(["POST"])
@staff
def password(request: StaffRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, form)
    change_password(request.user, password=form.cleaned_data["new"], by=request.user.email)
    update_session_auth_hash(request, request.user)
    messages.success(request, gettext("Your password is changed."))
    return HttpResponseRedirect(reverse("accounts:account"))


@require_POST
@staff
def language(request: StaffRequest) -> HttpResponse:
    form = LanguageForm(request.POST)
    if form.is_valid():
        change_language(request.user, language=form.cleaned_data["language"], by=request.user.email)
        translation.activate(request.user.language)
        messages.success(request, gettext("These pages now speak your language."))
    return HttpResponseRedirect(reverse("accounts:account"))


@require_POST
@staff
def backup_codes(request: StaffRequest) -> HttpResponse:
    """New ones, shown once; only for somebody who has the second factor they stand in for."""
    if not user_has_device(request.user):
        return HttpResponseRedirect(reverse("accounts:second_factor"))
    codes = new_backup_codes(request.user, by=request.user.email)
    return render(request, "accounts/backup_codes.html", {"codes": codes, "next": reverse("accounts:account")})


def _page(request: HttpRequest, form: PasswordForm) -> HttpResponse:
    user = form.user
    values = {
        "form": form,
        "language_form": LanguageForm(initial={"language": user.language}),
        "has_second_factor": user_has_device(user),
        "codes_left": StaticToken.objects.filter(device__user=user).count(),
    }
    return render(request, "accounts/account.html", values)
