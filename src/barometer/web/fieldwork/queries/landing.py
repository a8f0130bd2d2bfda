"""What somebody sees who opens a link: who asks, why, how long it takes, and where the address comes from."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils import timezone
from django.utils.safestring import SafeString

from barometer.questionnaire import minutes_told
from barometer.web.fieldwork.access import token
from barometer.web.fieldwork.actions.accesses import link
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.markdown import as_html
from barometer.web.fieldwork.models import Access, Case, Collection, Contact, Response
from barometer.web.fieldwork.queries.wording import day
from barometer.web.fieldwork.standing import Standing, standing


@dataclass(frozen=True)
class Other:
    """Another questionnaire of the same person. `link` is empty once it has answers: whoever was forwarded this link
    must not get at them."""

    title: str
    state: str
    link: str


@dataclass(frozen=True)
class Landing:
    title: str
    publisher: str
    introduction: SafeString | str
    privacy: SafeString | str
    minutes: int
    closes_at: str  # days, written out
    contacts_until: str
    link_until: str
    source: str
    contact_name: str
    section: str
    started: bool
    submitted: bool
    refused: bool
    standing: Standing
    others: list[Other]
    help_contact: str


def landing_languages(access: Access, asked: str | None) -> tuple[str, list[str]]:
    """The language to show the page in, and those there are: the one asked for, the contact's, the survey's first."""
    offered: list[str] = access.case.collection.languages
    if asked in offered:
        return str(asked), offered
    contact = _contact(access)
    return (contact.language if contact and contact.language in offered else offered[0]), offered


def landing(access: Access, language: str) -> Landing:
    case, collection = access.case, access.case.collection
    version = collection.versions.latest("number") if case.response_key is None else None
    response = Response.objects.filter(key=case.response_key).first() if case.response_key else None
    number = version.pk if version else response.version_id if response else 0
    instrument = instrument_of(number)
    texts = collection.texts.get(language, {})
    contact = _contact(access)
    introduction = texts.get("landing") or instrument.introduction.get(language, "")
    sections = {section.id: section.title.get(language, "") for section in instrument.sections}
    return Landing(
        title=collection.title.get(language, ""),
        publisher=collection.publisher.get(language, ""),
        introduction=as_html(introduction),
        privacy=as_html(texts["privacy"]) if texts.get("privacy") else "",
        minutes=_minutes(number),
        closes_at=day(collection.closes_at, language, collection.time_zone),
        contacts_until=day(collection.contacts_until, language),
        link_until=day(collection.link_until, language),
        source=contact.source if contact else "",
        contact_name=contact.name if contact else "",
        section=sections.get(access.section, "") if access.role == "colleague" else "",
        started=response is not None and response.revision > 0,
        submitted=response is not None and response.state == "submitted",
        refused=case.state == "refused",
        standing=standing(collection, timezone.now()),
        others=_others(access, contact, language),
        help_contact=collection.help_contact,
    )


def _contact(access: Access) -> Contact | None:
    if access.role == "colleague":
        return Contact.objects.filter(pk=access.contact or 0).first()
    mains = Contact.objects.filter(case_reference=access.case.reference, role="main")
    return mains.exclude(state="replaced").first()


def _others(access: Access, contact: Contact | None, language: str) -> list[Other]:
    """Questionnaires of the same edition that went to the same address."""
    if contact is None or not contact.email or access.role == "colleague":
        return []
    same = Contact.objects.filter(email__iexact=contact.email, role="main").exclude(state="replaced")
    references = same.exclude(case_reference=access.case.reference).values_list("case_reference", flat=True)
    cases = Case.objects.select_related("collection").filter(
        reference__in=list(references), collection__edition=access.case.collection.edition
    )
    return [_other(case, case.collection, language) for case in cases.order_by("collection", "number")]


def _other(case: Case, collection: Collection, language: str) -> Other:
    """The link only if it was sent already: showing a page makes no new one."""
    sent = case.accesses.filter(role="respondent", generation=case.token_generation, revoked_at=None).exists()
    fresh = sent and case.response_key is None and standing(collection, timezone.now()) is Standing.OPEN
    address = link(token(case.reference, "respondent", case.token_generation)) if fresh else ""
    return Other(collection.title.get(language, ""), case.state, address and f"{address}?lang={language}")


@lru_cache(maxsize=64)
def _minutes(version_id: int) -> int:
    return minutes_told(instrument_of(version_id))
