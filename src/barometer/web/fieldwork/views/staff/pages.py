"""What every page of a collection shares: who may see it, its heading and its menu."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language

from barometer.problems import BadInput
from barometer.web.accounts.guard import StaffRequest, demand, staff
from barometer.web.accounts.queries import may
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.cases import NotAllowed
from barometer.web.fieldwork.models import Case, Collection
from barometer.web.fieldwork.views.staff.words import problem_lines, reason

Page = Callable[..., HttpResponseBase]
_IN_MENU = (
    *(Permission.RUN, Permission.CONTACTS, Permission.AUTHOR),
    *(Permission.ANSWERS, Permission.CODING, Permission.ORIGINALS),
)


def of_collection(permission: Permission) -> Callable[[Page], Callable[..., HttpResponseBase]]:
    """A page of the collection `pk` names, for those whose role in its edition allows it."""

    def decorate(view: Page) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: StaffRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
            collection = get_object_or_404(Collection, pk=pk)
            demand(request.user, permission, collection.edition)
            return view(request, collection, **kwargs)

        return staff(guarded)

    return decorate


def of_case(permission: Permission) -> Callable[[Page], Callable[..., HttpResponseBase]]:
    """A page of the case `number` names, for those whose role in its edition allows it."""

    def decorate(view: Page) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: StaffRequest, number: str, **kwargs: Any) -> HttpResponseBase:
            case = get_object_or_404(Case.objects.select_related("collection"), number=number)
            demand(request.user, permission, case.collection.edition)
            return view(request, case, **kwargs)

        return staff(guarded)

    return decorate


def collection_page(
    request: StaffRequest, name: str, collection: Collection, *, status: int = 200, **values: Any
) -> HttpResponse:
    """Render fieldwork/staff/<name>.html with the collection's heading and menu."""
    allowed = {f"may_{permission.value}": may(request.user, permission, collection.edition) for permission in _IN_MENU}
    heading = {"collection": collection, "title": title_of(collection), "tab": name}
    return render(request, f"fieldwork/staff/{name}.html", {**heading, **allowed, **values}, status=status)


def title_of(collection: Collection) -> str:
    """In the reader's language where the edition has it."""
    language = (get_language() or "").split("-")[0]
    return str(collection.title.get(language) or next(iter(collection.title.values()), collection.survey))


def attempt(request: HttpRequest, act: Callable[[], object], *, done: str = "") -> bool:
    """Do an act and tell what came of it; what is not allowed and what is wrong with the input becomes a message."""
    try:
        act()
    except NotAllowed as refusal:
        messages.error(request, reason(refusal))
        return False
    except BadInput as bad:
        for line in problem_lines(bad.problems):
            messages.error(request, line)
        return False
    if done:
        messages.success(request, done)
    return True


def to(name: str, *args: object) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"fieldwork:{name}", args=args))
