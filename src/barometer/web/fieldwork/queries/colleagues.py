"""Colleagues who were asked to answer a section."""

from collections.abc import Mapping
from dataclasses import dataclass

from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.models import Case, Contact, Response
from barometer.web.fieldwork.queries.accesses import colleagues
from barometer.web.fieldwork.queries.wording import day


@dataclass(frozen=True)
class Asked:
    access: int
    who: str
    section: str
    expires_at: str  # the day, written out


def sections_to_give(response: Response, language: str) -> dict[str, str]:
    """Section -> title, of the questionnaire the response answers."""
    return {section.id: section.title.get(language, "") for section in instrument_of(response.version_id).sections}


def asked_colleagues(case: Case, titles: Mapping[str, str], language: str) -> list[Asked]:
    """Whose links work, the oldest first."""
    accesses = list(colleagues(case))
    contacts = {one.pk: one for one in Contact.objects.filter(pk__in=[access.contact or 0 for access in accesses])}
    return [
        Asked(
            access.pk,
            _who(contacts.get(access.contact or 0)),
            titles.get(access.section, ""),
            day(access.expires_at, language, case.collection.time_zone),
        )
        for access in accesses
    ]


def _who(contact: Contact | None) -> str:
    return "–" if contact is None else f"{contact.name} ({contact.email})" if contact.name else contact.email
