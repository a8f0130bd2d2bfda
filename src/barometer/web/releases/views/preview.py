"""The site as it would be published, and the reviewer's page, for those who vote on it."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from barometer.web.accounts.guard import StaffRequest, demand, staff
from barometer.web.accounts.roles import Permission
from barometer.web.releases.models import Candidate
from barometer.web.releases.queries import previewed, review_file
from barometer.web.releases.serving import notice, site_file


@require_safe
@staff
def page(request: StaffRequest, pk: int, number: int, path: str = "") -> HttpResponseBase:
    """A page or file of the site."""
    found = previewed(_allowed(request, pk), number, path)
    if found is None:
        raise Http404
    told = gettext("Preview for those who vote on this release. Confidential until its minute.")
    return site_file(found, notice(told))


@require_safe
@staff
def review(request: StaffRequest, pk: int, path: str = "") -> HttpResponseBase:
    """The reviewer's page: what is hidden, by which rule, at what cost."""
    found = review_file(_allowed(request, pk), path)
    if found is None:
        raise Http404
    return site_file(found)


def _allowed(request: StaffRequest, pk: int) -> Candidate:
    found = get_object_or_404(Candidate, pk=pk)
    demand(request.user, Permission.APPROVE, found.edition)
    return found
