"""The response monitor of a collection."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.charts import curve
from barometer.web.fieldwork.models import Collection
from barometer.web.fieldwork.queries.monitor import SurveyMonitor, edition_monitor, entry_modes, mail_counts
from barometer.web.fieldwork.views.staff.pages import collection_page, of_collection, title_of
from barometer.web.fieldwork.views.staff.words import GROUPS, MESSAGE_STATES, OUTCOMES

REFRESH = ("5", "30", "120")
"""Seconds after which the page may load itself again, if the person asks for it."""


@require_safe
@of_collection(Permission.SEE)
def monitor(request: StaffRequest, collection: Collection) -> HttpResponse:
    surveys = edition_monitor(collection.edition)
    mine = next(one for one in surveys if one.collection.pk == collection.pk)
    seconds = request.GET.get("refresh", "")
    days = {title_of(collection): mine.days}
    return collection_page(
        request,
        "monitor",
        collection,
        mine=mine,
        siblings=_named(surveys) if len(surveys) > 1 else (),
        charts=[("wide", curve(days, width=1080)), ("phone", curve(days, width=340))],
        mails=mail_counts(collection),
        modes=entry_modes(collection),
        refresh=seconds if seconds in REFRESH else "",
        outcomes=OUTCOMES,
        groups=GROUPS,
        message_states=MESSAGE_STATES,
    )


def _named(surveys: list[SurveyMonitor]) -> list[dict[str, object]]:
    return [{"survey": one, "title": title_of(one.collection)} for one in surveys]
