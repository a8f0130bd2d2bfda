"""Coding schemes on a page: written in a table or brought as a file, published, downloaded, and given to coders."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from barometer.edition import coding_csv, coding_yaml, read_coding
from barometer.model import CodingScheme, SchemeCode
from barometer.problems import BadInput
from barometer.web.accounts.guard import StaffRequest
from barometer.web.accounts.models import User
from barometer.web.accounts.queries import may
from barometer.web.accounts.roles import Permission
from barometer.web.fieldwork.actions.coding_schemes import (
    drop_draft,
    publish_scheme,
    save_draft,
    set_work,
    start_scheme,
)
from barometer.web.fieldwork.carrying import fate
from barometer.web.fieldwork.models import Collection, Scheme, SchemeVersion
from barometer.web.fieldwork.queries.coded import published_scheme, scheme_of
from barometer.web.fieldwork.queries.coding import coding_scheme, draft_of, progress_of
from barometer.web.fieldwork.views.analyst._coding_pages import (
    mistakes,
    question_in,
    reading_language,
    scheme_or_404,
)
from barometer.web.fieldwork.views.staff.forms import LANGUAGE_NAMES
from barometer.web.fieldwork.views.staff.pages import attempt, collection_page, of_collection, to

BLANK_ROWS = 3
MOST_ROWS = 120
LARGEST = 1_000_000
"""Bytes of a file."""


@require_http_methods(["GET", "POST"])
@of_collection(Permission.ANSWERS)
def scheme(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    """The codes as a table to write in; a POST keeps them as a draft, or only makes room for more."""
    found = Scheme.objects.filter(collection=collection.pk, answer=name).first()
    if found is None:
        if request.method == "POST":
            raise Http404
        question = _question(collection, name)
        return collection_page(request, "coding_start", collection, answer_name=name, question=question)
    if request.method == "GET":
        return _page(request, collection, found, _shown(found))
    typed = _typed(request.POST, found, collection.languages)
    if request.POST.get("go") == "more":
        return _page(request, collection, found, typed, blank=2 * BLANK_ROWS + 2)
    try:
        save_draft(found, coding=typed, by=request.user.email)
    except BadInput as bad:
        return _page(request, collection, found, typed, mistakes(bad.problems), status=400)
    messages.success(request, gettext("Kept as a draft. Coders do not see it before it is published."))
    return to("coding_scheme", collection.pk, name)


@require_POST
@of_collection(Permission.ANSWERS)
def start(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    multiple, by = request.POST.get("multiple") == "yes", request.user.email
    started = attempt(request, lambda: start_scheme(collection, answer=name, multiple=multiple, by=by))
    return to("coding_scheme", collection.pk, name) if started else to("coding", collection.pk)


@require_POST
@of_collection(Permission.ANSWERS)
def upload(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    """A file of codes becomes the draft, or every mistake in it is listed."""
    found, file = scheme_or_404(collection, name), request.FILES.get("file")
    if file is None:
        messages.error(request, gettext("Choose a file first."))
        return to("coding_scheme", collection.pk, name)
    try:
        coding = read_coding(
            str(file.name),
            file.read(LARGEST),
            languages=tuple(collection.languages),
            answer=name,
            multiple=found.multiple,
        )
        save_draft(found, coding=coding, by=request.user.email)
    except BadInput as bad:
        return _page(request, collection, found, _shown(found), mistakes(bad.problems), file=str(file.name), status=400)
    messages.success(request, gettext("Kept as a draft. Coders do not see it before it is published."))
    return to("coding_scheme", collection.pk, name)


@require_POST
@of_collection(Permission.ANSWERS)
def publish(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    again: list[int] = []
    found = scheme_or_404(collection, name)
    if attempt(request, lambda: again.append(publish_scheme(found, by=request.user.email))):
        told = ngettext(
            "Published. %(n)s answer goes back to its coder.",
            "Published. %(n)s answers go back to their coders.",
            again[0],
        )
        messages.success(request, told % {"n": again[0]})
    return to("coding_scheme", collection.pk, name)


@require_POST
@of_collection(Permission.ANSWERS)
def drop(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    drop_draft(scheme_or_404(collection, name), by=request.user.email)
    messages.success(request, gettext("The draft is deleted."))
    return to("coding_scheme", collection.pk, name)


@require_POST
@of_collection(Permission.ANSWERS)
def work(request: StaffRequest, collection: Collection, name: str) -> HttpResponseBase:
    """Who codes, and how much is coded twice."""
    found, share = scheme_or_404(collection, name), request.POST.get("share", "").replace(",", ".").strip(" %")
    try:
        part = float(share) / 100
    except ValueError:
        messages.error(request, gettext("The share is a number from 0 to 100."))
        return to("coding_scheme", collection.pk, name)
    coders = request.POST.getlist("coders")
    try:
        set_work(found, coders=coders, double_share=part, by=request.user.email)
    except BadInput as bad:
        for line in mistakes(bad.problems):
            messages.error(request, line)
    else:
        messages.success(request, gettext("The answers are given out."))
    return to("coding_scheme", collection.pk, name)


@require_safe
@of_collection(Permission.CODING)
def download(request: StaffRequest, collection: Collection, name: str, number: int, ending: str) -> HttpResponse:
    """A version as a file for the edition's folder, or for a spreadsheet."""
    found = scheme_or_404(collection, name)
    version = found.versions.filter(number=number).first()
    if version is None or ending not in ("yaml", "csv"):
        raise Http404
    coding, languages = scheme_of(found, version.codes), tuple(collection.languages)
    content = coding_yaml(coding, collection.survey) if ending == "yaml" else coding_csv(coding, languages)
    kind = "application/yaml" if ending == "yaml" else "text/csv; charset=utf-8"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _page(
    request: StaffRequest,
    collection: Collection,
    found: Scheme,
    shown: CodingScheme,
    problems: Iterable[str] = (),
    *,
    blank: int = BLANK_ROWS,
    file: str = "",
    status: int = 200,
) -> HttpResponse:
    published, draft = published_scheme(found), draft_of(found)
    languages = [(one, LANGUAGE_NAMES.get(one, one)) for one in collection.languages]
    return collection_page(
        request,
        "coding_scheme",
        collection,
        status=status,
        answer_name=found.answer,
        question=_question(collection, found.answer),
        scheme=found,
        share=round(found.double_share * 100),
        rows=_rows(shown, collection.languages, blank),
        languages=languages,
        published=published,
        draft=draft,
        fates=_fates(draft, published.versions[published.number]) if draft and published else [],
        versions=found.versions.filter(published_at__isnull=False).order_by("-number"),
        problems=list(problems),
        file=file,
        people=_people(collection, found),
        progress=progress_of(found),
    )


def _shown(found: Scheme) -> CodingScheme:
    """The draft or, without one, the last version as the beginning of the next."""
    last = found.versions.last()
    coding = coding_scheme(found, last)
    if last is None or last.published_at is None:
        return coding
    codes = tuple(SchemeCode(one.id, one.label, one.description, one.example) for one in coding.codes)
    return CodingScheme(coding.answer, codes, coding.multiple)


def _rows(shown: CodingScheme, languages: list[str], blank: int) -> list[dict[str, object]]:
    codes = [*shown.codes, *[SchemeCode("", {})] * blank]
    return [
        {
            "number": number,
            "id": code.id,
            "labels": [(one, code.label.get(one, "")) for one in languages],
            "description": code.description,
            "example": code.example,
            "was": " ".join(code.was),
        }
        for number, code in enumerate(codes, 1)
    ]


def _typed(posted: QueryDict, found: Scheme, languages: list[str]) -> CodingScheme:
    """The rows of the table that are not blank."""
    codes = []
    for number in range(1, MOST_ROWS + 1):
        texts = {key: posted.get(f"{key}-{number}", "").strip() for key in ("id", "description", "example", "was")}
        label = {one: posted.get(f"label-{number}-{one}", "").strip() for one in languages}
        if any(texts.values()) or any(label.values()):
            was = tuple(texts["was"].replace(",", " ").split())
            codes.append(SchemeCode(texts["id"], label, texts["description"], texts["example"], was))
    multiple = posted["multiple"] == "yes" if "multiple" in posted else found.multiple
    return CodingScheme(found.answer, tuple(codes), multiple)


def _fates(draft: SchemeVersion, before: object) -> list[tuple[str, str, bool]]:
    """What becomes of codes that do not simply stay: code, codes it becomes, whether answers are coded again."""
    told = fate(before, draft.codes)  # type: ignore[arg-type]
    return [(code, ", ".join(now), len(now) != 1) for code, now in told.items() if now != (code,)]


def _people(collection: Collection, found: Scheme) -> list[dict[str, object]]:
    """Everybody who may code, and who does."""
    users = User.objects.prefetch_related("memberships").order_by("name")
    able = [one for one in users if may(one, Permission.CODING, collection.edition)]
    return [{"email": one.email, "name": one.name, "chosen": one.email in found.coders} for one in able]


def _question(collection: Collection, name: str) -> str:
    return question_in(collection, name, reading_language(collection))
