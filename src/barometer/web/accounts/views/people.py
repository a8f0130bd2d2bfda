"""Who is in the survey team, and their roles; for managers."""

import secrets

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.actions import add_user, give_role, reset_second_factor, set_active, take_role
from barometer.web.accounts.forms import ROLE_NAMES, PersonForm, RoleForm
from barometer.web.accounts.guard import StaffRequest, staff_who_may
from barometer.web.accounts.models import User
from barometer.web.accounts.queries import members
from barometer.web.accounts.roles import Permission

for_managers = staff_who_may(Permission.MANAGE)


@require_safe
@for_managers
def people(request: StaffRequest) -> HttpResponse:
    return _page(request, PersonForm())


@require_POST
@for_managers
def add(request: StaffRequest) -> HttpResponse:
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    password = secrets.token_urlsafe(12)
    user = add_user(**form.cleaned_data, password=password, by=request.user.email)
    return render(request, "accounts/person_added.html", {"person": user, "password": password})


@require_safe
@for_managers
def person(request: StaffRequest, pk: int) -> HttpResponse:
    return _person(request, get_object_or_404(User, pk=pk), RoleForm())


@require_POST
@for_managers
def role(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a role, or take one away (`take` is set)."""
    user, form = get_object_or_404(User, pk=pk), RoleForm(request.POST)
    if not form.is_valid():
        return _person(request, user, form)
    change, taken = form.cleaned_data, "take" in request.POST
    if taken and user == request.user and change["role"] == "manager":
        messages.error(request, gettext("You cannot take your own role as manager: ask another manager."))
    elif taken:
        take_role(user, role=change["role"], edition=change["edition"], by=request.user.email)
    else:
        give_role(user, role=change["role"], edition=change["edition"], by=request.user.email)
    return HttpResponseRedirect(reverse("accounts:person", args=[pk]))


@require_POST
@for_managers
def active(request: StaffRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    if user == request.user:
        messages.error(request, gettext("You cannot keep yourself out."))
    else:
        set_active(user, active=not user.is_active, by=request.user.email)
    return HttpResponseRedirect(reverse("accounts:person", args=[pk]))


@require_POST
@for_managers
def second_factor(request: StaffRequest, pk: int) -> HttpResponse:
    user = get_object_or_404(User, pk=pk)
    reset_second_factor(user, by=request.user.email)
    messages.success(request, gettext("The person sets up a new second factor at the next log-in."))
    return HttpResponseRedirect(reverse("accounts:person", args=[pk]))


def _page(request: StaffRequest, form: PersonForm) -> HttpResponse:
    rows = [{"member": one, "roles": [(edition, ROLE_NAMES[role]) for edition, role in one.roles]} for one in members()]
    return render(request, "accounts/people.html", {"rows": rows, "form": form})


def _person(request: StaffRequest, user: User, form: RoleForm) -> HttpResponse:
    held = [
        {"role": one.role, "edition": one.edition, "name": ROLE_NAMES[one.role]}
        for one in user.memberships.order_by("edition", "role")
    ]
    return render(request, "accounts/person.html", {"person": user, "held": held, "form": form})
