"""Who gets to see a staff page: somebody who logged in with both factors and whose role allows it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django_otp import user_has_device

from barometer.web.accounts.models import User
from barometer.web.accounts.queries import may, may_anywhere
from barometer.web.accounts.roles import Permission

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request of a member of staff, known and verified."""

    user: User


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
Guarded = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def staff(view: View[P]) -> Guarded[P]:
    """Only for members of staff; others are sent to log in. The page is in their language and never cached."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return _to("accounts:login", request)
        if not _known_well(request.user):
            return _to("accounts:second_factor", request)
        prefetch_related_objects([request.user], "memberships")  # asked for by every question of what they may
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = request.user.language
        response = view(request, *args, **kwargs)  # type: ignore[arg-type]
        add_never_cache_headers(response)
        return response

    return guarded


def staff_who_may(
    permission: Permission,
) -> Callable[[View[P]], Guarded[P]]:
    """Only for members of staff whose role in some edition allows it; for pages that belong to no edition."""

    def decorate(view: View[P]) -> Guarded[P]:
        @wraps(view)
        def guarded(request: StaffRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may_anywhere(request.user, permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return staff(guarded)

    return decorate


def demand(user: User, permission: Permission, edition: str) -> None:
    """Raise 404 where the person may not even see the edition, 403 where the role does not reach that far."""
    if not may(user, Permission.SEE, edition):
        raise Http404
    if not may(user, permission, edition):
        raise PermissionDenied


def client_address(request: HttpRequest) -> str:
    """The network address a request came from; behind a trusted proxy, the one the proxy names."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")


def is_verified(user: Any) -> bool:
    """Whether the person has shown the second factor; the middleware of django_otp gives users the method."""
    return bool(user.is_verified())


def _known_well(user: User) -> bool:
    return is_verified(user) or not (settings.SECOND_FACTOR_REQUIRED or user_has_device(user))


def _to(name: str, request: HttpRequest) -> HttpResponseRedirect:
    back = request.get_full_path() if request.method == "GET" else ""
    return HttpResponseRedirect(reverse(name) + (f"?{urlencode({'next': back})}" if back else ""))
