"""Collections the person may see, the surveys of an edition side by side, and the search for a case."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from barometer.web.accounts.guard import StaffRequest, demand, staff
from barometer.web.accounts.queries import editions_with, may
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.charts import curve
from barometer.web.fieldwork.queries.cases import case_by_number
from barometer.web.fieldwork.queries.collections import collections_of, editions
from barometer.web.fieldwork.queries.monitor import edition_monitor
from barometer.web.fieldwork.views.staff.pages import title_of, to
from barometer.web.fieldwork.views.staff.words import COLLECTION_COLOURS, COLLECTION_STATES


@require_safe
@staff
def collections(request: StaffRequest) -> HttpResponse:
    visible = editions_with(request.user, Permission.SEE, editions())
    by_edition: dict[str, list[dict[str, object]]] = {}
    for row in collections_of(visible):
        share = row.submitted / row.cases if row.cases else None
        shown = {"row": row, "title": title_of(row.collection), "share": share}
        by_edition.setdefault(row.collection.edition, []).append(shown)
    words = {"states": COLLECTION_STATES, "colours": COLLECTION_COLOURS}
    return render(request, "fieldwork/staff/collections.html", {"editions": by_edition, **words})


@require_safe
@staff
def edition(request: StaffRequest, edition: str) -> HttpResponse:
    demand(request.user, Permission.SEE, edition)
    surveys = edition_monitor(edition)
    if not surveys:
        raise Http404
    rows = [{"survey": one, "title": title_of(one.collection)} for one in surveys]
    days = {title_of(one.collection): one.days for one in surveys}
    values = {
        "edition": edition,
        "rows": rows,
        "charts": [("wide", curve(days, width=1080)), ("phone", curve(days, width=340))],
        "states": COLLECTION_STATES,
        "colours": COLLECTION_COLOURS,
    }
    return render(request, "fieldwork/staff/edition.html", values)


@require_safe
@staff
def search(request: StaffRequest) -> HttpResponseBase:
    """To the case of a number; what the person may not see is not found."""
    text = request.GET.get("q", "")[:40]
    case = case_by_number(text)
    if case is not None and may(request.user, Permission.SEE, case.collection.edition):
        return to("case", case.number)
    return render(request, "fieldwork/staff/search.html", {"q": text}, status=404)
