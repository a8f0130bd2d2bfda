"""Lists of cases and their export."""

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.queries import may
from barometer.web.accounts.roles import Permission
from barometer.web.audit.actions import record
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.queries.cases import CASE_COLUMNS, CONTACT_COLUMNS, case_rows, find_cases, strata_of
from barometer.web.fieldwork.spreadsheets import CSV, XLSX, csv_lines, xlsx
from barometer.web.fieldwork.views.staff.pages import collection_page, of_collection
from barometer.web.fieldwork.views.staff.words import OUTCOMES

ROWS = 50


@require_safe
@of_collection(Permission.SEE)
def cases(request: StaffRequest, collection: Collection) -> HttpResponse:
    asked = _asked(request)
    page = Paginator(find_cases(collection, **asked), ROWS).get_page(request.GET.get("page"))
    return collection_page(
        request, "cases", collection, page=page, asked=asked, strata=strata_of(collection), outcomes=OUTCOMES
    )


@require_POST
@of_collection(Permission.SEE)
def export(request: StaffRequest, collection: Collection) -> HttpResponseBase:
    """The list as the filters have it; with names and addresses only for those who may see them. Audited."""
    contacts = may(request.user, Permission.CONTACTS, collection.edition) and "contacts" in request.POST
    rows = list(case_rows(collection, find_cases(collection, **_asked(request)), contacts=contacts))
    header = (*CASE_COLUMNS, *(CONTACT_COLUMNS if contacts else ()))
    as_workbook = request.POST.get("format") == "xlsx"
    with transaction.atomic():
        record(
            "case list exported",
            by=request.user.email,
            edition=collection.edition,
            subject=f"collection {collection.pk}",
            rows=len(rows),
            contacts=contacts,
        )
    name = f"{collection.edition}-{collection.survey}-cases.{'xlsx' if as_workbook else 'csv'}"
    content = xlsx("cases", header, rows) if as_workbook else "".join(csv_lines(header, rows)).encode()
    response = HttpResponse(content, content_type=XLSX if as_workbook else CSV)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: StaffRequest) -> dict[str, str]:
    """The filters, from the address or from the form of the export."""
    given = request.POST if request.method == "POST" else request.GET
    return {
        "outcome": given.get("outcome", "")[:40],
        "stratum": given.get("stratum", "")[:200],
        "text": given.get("text", "").strip()[:120],
    }
