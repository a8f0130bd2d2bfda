"""What a link in a letter is about."""

import hmac
from dataclasses import dataclass
from uuid import UUID

from barometer.web.fieldwork.access import mail_token
from barometer.web.fieldwork.letters import letter_language, one_line
from barometer.web.fieldwork.models import Collection, Contact, Message
from barometer.web.fieldwork.naming import edition_title


@dataclass(frozen=True)
class LetterPage:
    """What the page behind a letter's link shows. `stopped`: the contact gets no more mail."""

    language: str
    title: str
    help: str
    stopped: bool


def find_message(message: UUID, secret: str) -> Message | None:
    """The message a link belongs to, or None for a link that is not ours."""
    found = Message.objects.select_related("contact").filter(pk=message).first()
    return found if found is not None and hmac.compare_digest(mail_token(found.pk).encode(), secret.encode()) else None


def letter_page(message: Message) -> LetterPage:
    """The survey, in the words of the letter's language, and whether its reader still gets mail."""
    contact = Contact.objects.get(pk=message.contact_id)
    collection = Collection.objects.get(pk=message.collection)
    language = letter_language(collection, contact.language)
    return LetterPage(
        language=language,
        title=one_line(edition_title(collection, language)),
        help=collection.help_contact,
        stopped=contact.state != "active",
    )
