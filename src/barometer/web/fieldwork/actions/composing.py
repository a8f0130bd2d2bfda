"""One message as a mail: the letter filled in for its recipient, and the headers mail programs act on."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from barometer.web.fieldwork.access import mail_token
from barometer.web.fieldwork.actions.accesses import colleague_link, respondent_code, respondent_link
from barometer.web.fieldwork.instruments import instrument_of
from barometer.web.fieldwork.letters import (
    Letter,
    common_values,
    letter_language,
    letter_source,
    one_line,
    render,
    sender_name,
)
from barometer.web.fieldwork.models import Access, Case, Collection, Contact, InstrumentVersion, Message, Submission
from barometer.web.fieldwork.queries.mail import about_minutes


def compose(message: Message) -> EmailMultiAlternatives:
    """The mail of a message, plain and HTML. The link's access is made when it is missing: needs a transaction.

    Envelope sender and Message-ID carry the message's id, so that what comes back can be told apart (VERP). No
    tracking of any kind is in it.
    """
    collection = Collection.objects.get(pk=message.collection)
    contact = message.contact
    letter = letter_of(message, collection, contact)
    sender = parseaddr(collection.sender)[1]
    mail = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=bounce_address(message, sender),
        to=[formataddr((one_line(contact.name), contact.email))],
        headers={
            "From": formataddr((sender_name(collection), sender)),
            "Message-ID": f"<{message.pk.hex}@{sender.partition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.letter != "receipt":
        mail.extra_headers["List-Unsubscribe"] = f"<{unsubscribe_link(message)}>"
        mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.attach_alternative(letter.html, "text/html")
    return mail


def letter_of(message: Message, collection: Collection, contact: Contact) -> Letter:
    """The letter of a message in its recipient's language."""
    language = letter_language(collection, contact.language)
    values = values_of(message, collection, contact, language)
    return render(letter_source(collection, message.letter, language), values, language)


def values_of(message: Message, collection: Collection, contact: Contact, language: str) -> dict[str, str]:
    """What the placeholders of a message's letter become."""
    case = Case.objects.get(pk=message.case_reference)
    values = common_values(collection, language, name=contact.name, minutes=about_minutes(collection))
    values |= {
        "number": case.number,
        "source": one_line(contact.source),
        "unsubscribe": unsubscribe_link(message),
        "asked_by": _asked_by(case, contact, values["sender"]),
    }
    if message.letter == "receipt":
        values["receipt"] = _receipt(case)
    elif contact.role == "colleague":
        access = Access.objects.select_related("case").filter(contact=contact.pk).latest("pk")
        values |= {"link": colleague_link(access), "section": _section(collection, access.section, language)}
    else:
        link = respondent_link(case)
        values |= {"link": link, "refuse": f"{link}/refuse", "code": respondent_code(case)}
    return values


def bounce_address(message: Message, sender: str) -> str:
    """'bounce+<message>@…', where what cannot be delivered comes back."""
    local, _, domain = (settings.BOUNCE_ADDRESS or sender).partition("@")
    return f"{local}+{message.pk.hex}@{domain}" if settings.BOUNCE_ADDRESS else sender


def unsubscribe_link(message: Message) -> str:
    return f"{settings.BASE_URL}/mail/{message.pk}/{mail_token(message.pk)}/stop"


def _asked_by(case: Case, contact: Contact, otherwise: str) -> str:
    """Who asked a colleague for help, or handed the case over: the case's main contact before this one."""
    others = Contact.objects.filter(case_reference=case.pk, role="main").exclude(pk=contact.pk)
    before = others.order_by("-pk").first()
    return one_line(before.name or before.email) if before else otherwise


def _section(collection: Collection, section: str, language: str) -> str:
    version = InstrumentVersion.objects.filter(collection=collection.pk).latest("number")
    titles = {one.id: one.title for one in instrument_of(version.pk).sections}
    return one_line(titles[section].get(language, section)) if section in titles else section


def _receipt(case: Case) -> str:
    last = Submission.objects.filter(response=case.response_key).order_by("-number").first()
    return last.receipt if last else ""
