"""What somebody sees who opens a link: who asks, why, how long it takes, and where the address comes from."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.safestring import SafeString

from barometer.questionnaire import minutes_told
from barometer.web.fieldwork.access import link, token
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.markdown import as_html
from barometer.web.fieldwork.models import Access, Case, Collection, Contact, Response
from barometer.web.fieldwork.naming import edition_title, questionnaire_title
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
    questionnaire: str  # '' where it is the title
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


@dataclass(frozen=True)
class Visit:
    """Somebody who followed a link. Their contact is looked up when it is needed, once."""

    access: Access

    @cached_property
    def contact(self) -> Contact | None:
        """With `others`: references of the cases whose letters went to the same address."""
        colleague = self.access.role == "colleague"
        found = Contact.objects.raw(
            f"{_CONTACT} {_OF_COLLEAGUE if colleague else _OF_CASE}",
            [self.access.contact or 0 if colleague else self.access.case.reference],
        )
        return next(iter(found), None)

    def languages(self, asked: str | None) -> tuple[str, list[str]]:
        """The language to show the page in, and those there are: the one asked for, the contact's, the survey's
        first."""
        offered: list[str] = self.access.case.collection.languages
        if asked in offered:
            return str(asked), offered
        spoken = self.contact.language if self.contact else ""
        return (spoken if spoken in offered else offered[0]), offered


_CONTACT = """
select one.*, array(
    select other.case_reference from fieldwork_contact other
    where upper(other.email) = upper(one.email) and one.email <> '' and other.role = 'main'
        and other.state <> 'replaced' and other.case_reference <> one.case_reference
) as others
from fieldwork_contact one
"""
"""In SQL, because whoever gets a letter opens this page, and putting the statement together costs more than it."""
_OF_CASE = "where one.case_reference = %s and one.role = 'main' and one.state <> 'replaced'"
_OF_COLLEAGUE = "where one.id = %s"
_RESPONSE = "select key, version_id, revision, state from fieldwork_response where key = %s"


def landing(visit: Visit, language: str) -> Landing:
    access, contact = visit.access, visit.contact
    case, collection = access.case, access.case.collection
    response = next(iter(Response.objects.raw(_RESPONSE, [case.response_key])), None) if case.response_key else None
    number = response.version_id if response else _latest_version(collection)
    instrument = instrument_of(number)
    texts = collection.texts.get(language, {})
    introduction = texts.get("landing") or instrument.introduction.get(language, "")
    sections = {section.id: section.title.get(language, "") for section in instrument.sections}
    return Landing(
        title=edition_title(collection, language),
        questionnaire=questionnaire_title(collection, language),
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


def _latest_version(collection: Collection) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [collection.pk])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


_LATEST = "select id from fieldwork_instrumentversion where collection_id = %s order by number desc limit 1"


def _others(access: Access, contact: Contact | None, language: str) -> list[Other]:
    """Questionnaires of the same edition that went to the same address."""
    references: list[UUID] = getattr(contact, "others", [])
    if not references or access.role == "colleague":
        return []
    cases = Case.objects.select_related("collection").filter(
        reference__in=references, collection__edition=access.case.collection.edition
    )
    return [_other(case, case.collection, language) for case in cases.order_by("collection", "number")]


def _other(case: Case, collection: Collection, language: str) -> Other:
    """The link only if it was sent already: showing a page makes no new one."""
    sent = case.accesses.filter(role="respondent", generation=case.token_generation, revoked_at=None).exists()
    fresh = sent and case.response_key is None and standing(collection, timezone.now()) is Standing.OPEN
    address = link(token(case.reference, "respondent", case.token_generation)) if fresh else ""
    title = questionnaire_title(collection, language) or edition_title(collection, language)
    return Other(title, case.state, address and f"{address}?lang={language}")


@lru_cache(maxsize=64)
def _minutes(version_id: int) -> int:
    return minutes_told(instrument_of(version_id))
