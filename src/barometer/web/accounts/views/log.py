"""The log of acts, for auditors."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest, staff_who_may
from barometer.web.accounts.roles import ROLES, Permission
from barometer.web.audit.queries import broken_link, events

for_auditors = staff_who_may(Permission.AUDIT)
ROWS = 50


@require_safe
@for_auditors
def log(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@for_auditors
def check_log(request: StaffRequest) -> HttpResponse:
    """Recompute the whole chain of digests."""
    return _page(request, checked=True, broken=broken_link())


def _page(request: StaffRequest, **values: object) -> HttpResponse:
    """Somebody who audits some editions only sees the acts of those."""
    held = {one.edition for one in request.user.memberships.all() if Permission.AUDIT in ROLES[one.role]}
    text = request.GET.get("q", "").strip()[:80]
    found = events(editions=None if "" in held else held, text=text)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return render(request, "accounts/log.html", {"page": page, "q": text, **values})
