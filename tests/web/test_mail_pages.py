"""The page that ends mail, the mailbox of demo and training, and mail that comes back."""

from email.message import EmailMessage
from email.mime.base import MIMEBase

import pytest
from desk import at_the_desk, member
from django.conf import LazySettings
from django.test import Client
from made_mail import in_the_field, sent_off

from barometer.problems import BadInput
from barometer.web.fieldwork.access import mail_token
from barometer.web.fieldwork.bounces import read_bounce
from barometer.web.fieldwork.delivery import deliver
from barometer.web.fieldwork.mailbox import development_mailbox
from barometer.web.fieldwork.models import Collection, Contact, Disposition, Message


@pytest.fixture
def message(collection: Collection, settings: LazySettings) -> Message:
    """A message that was sent, into the mailbox."""
    settings.DEVELOPMENT_MAILBOX = True
    settings.EMAIL_BACKEND = "barometer.web.fieldwork.mailbox.Mailbox"
    in_the_field(collection, contacts=1)
    sent_off(collection)
    deliver()
    return Message.objects.get()


@pytest.fixture
def strict() -> Client:
    """A browser that is asked for its CSRF token wherever one is needed."""
    return Client(enforce_csrf_checks=True)


def stop_address(message: Message) -> str:
    return f"/mail/{message.pk}/{mail_token(message.pk)}/stop"


def contact_state() -> str:
    return Contact.objects.get().state


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_at_the_page_stops_nothing(message: Message, strict: Client, method: str) -> None:
    getattr(strict, method)(stop_address(message))
    assert contact_state() == "active"


def test_the_page_asks_in_the_readers_language(message: Message, strict: Client) -> None:
    Contact.objects.update(language="nb")
    assert "Ikke send meg flere e-poster" in strict.get(stop_address(message)).text


def test_the_button_stops_mail(message: Message, strict: Client) -> None:
    Contact.objects.update(language="en")
    assert "You get no more mail" in strict.post(stop_address(message)).text
    assert contact_state() == "unsubscribed"


def test_mail_programs_stop_mail_with_one_click(message: Message, strict: Client) -> None:
    strict.post(stop_address(message), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert contact_state() == "unsubscribed"


def test_stopping_twice_is_as_stopping_once(message: Message, strict: Client) -> None:
    for _ in range(2):
        strict.post(stop_address(message))
    assert message.events.filter(kind="unsubscribed").count() == 1


def test_the_id_of_a_message_alone_stops_nothing(message: Message, strict: Client) -> None:
    assert strict.post(f"/mail/{message.pk}/{'0' * 32}/stop").status_code == 404
    assert contact_state() == "active"


def test_the_mailbox_shows_mail_with_working_links(message: Message, strict: Client) -> None:
    (key,) = development_mailbox().keys()
    assert "leader0@unit.example" in strict.get("/mailbox/").text
    assert stop_address(message) in strict.get(f"/mailbox/{key}").text


def test_mail_programs_find_nothing_outside_the_mailbox(message: Message, strict: Client) -> None:
    assert strict.get("/mailbox/..%2Fkeys%2Fsecret-key").status_code == 404


def test_without_the_setting_there_is_no_mailbox(message: Message, strict: Client, settings: LazySettings) -> None:
    settings.DEVELOPMENT_MAILBOX = False
    assert strict.get("/mailbox/").status_code == 404


def test_an_address_that_does_not_exist_is_marked(message: Message) -> None:
    read_bounce(report(message, "failed", "5.1.1"))
    assert contact_state() == "bounced"
    assert Message.objects.get().state == "bounced"
    assert Disposition.objects.latest("pk").code == "bounced"


def test_a_full_mailbox_leaves_the_address_active(message: Message) -> None:
    read_bounce(report(message, "failed", "5.2.2"))
    assert (contact_state(), Message.objects.get().state) == ("active", "bounced")


def test_the_third_mail_that_comes_back_marks_the_address(message: Message) -> None:
    for once in ("one", "two"):
        Message.objects.create(
            collection=message.collection,
            case_reference=message.case_reference,
            contact=message.contact,
            letter="last_reminder",
            once=once,
            state="bounced",
        )
    read_bounce(report(message, "failed", "5.2.2"))
    assert contact_state() == "bounced"


def test_a_delay_changes_nothing(message: Message) -> None:
    read_bounce(report(message, "delayed", "4.4.1"))
    assert (contact_state(), Message.objects.get().state) == ("active", "sent")


def test_a_report_told_twice_counts_once(message: Message) -> None:
    for _ in range(2):
        read_bounce(report(message, "failed", "5.1.1"))
    assert message.events.filter(kind="permanent").count() == 1


def test_a_report_is_known_by_the_letter_it_returns(message: Message) -> None:
    read_bounce(report(message, "failed", "5.1.1", to="survey@stat.example", returned=True))
    assert contact_state() == "bounced"


def test_reports_keep_no_addresses(message: Message) -> None:
    read_bounce(report(message, "failed", "5.1.1"))
    assert "leader0" not in message.events.get(kind="permanent").detail


@pytest.mark.parametrize(
    "content", [b"", b"\xff\x00", b"To: somebody@else.example\n\nhello"], ids=["empty", "bytes", "other"]
)
def test_a_mail_that_is_about_none_of_ours_is_refused(message: Message, content: bytes) -> None:
    with pytest.raises(BadInput, match="C047"):
        read_bounce(content)


def test_an_automatic_reply_is_no_report(message: Message) -> None:
    reply = f"To: bounce+{message.pk.hex}@stat.example\nSubject: On holiday\n\nBack in May.".encode()
    with pytest.raises(BadInput, match="C047"):
        read_bounce(reply)
    assert contact_state() == "active"


def test_the_desk_decides_about_a_letter_of_unknown_fate(message: Message) -> None:
    Message.objects.update(state="unknown", sent_at=None)
    client = at_the_desk(member("field_manager"))
    page = f"/staff/collections/{message.collection}/mail/"
    assert "Nobody knows whether these were sent" in client.get(page).text
    act = f"{page}messages/{message.pk}/"
    assert "It stands in the log" in client.post(act, {"decision": "sent"}, follow=True).text
    assert "somebody else has decided" in client.post(act, {"decision": "again"}, follow=True).text
    assert Message.objects.get().state == "sent"
    shown = client.get(page).text
    assert "Nobody knows" not in shown and "Decided by hand" in shown and "<td>ida@example.org</td>" in shown


def test_letters_name_the_survey_as_its_readers_know_it(message: Message, strict: Client) -> None:
    (key,) = development_mailbox().keys()
    contact = Contact.objects.get()
    edition, questionnaire = (
        getattr(Collection.objects.get(), name)[contact.language] for name in ("edition_title", "questionnaire")
    )
    assert edition != questionnaire
    mail = strict.get(f"/mailbox/{key}").text
    assert edition in mail and questionnaire in mail
    assert edition in strict.get(stop_address(message)).text


def report(message: Message, action: str, status: str, *, to: str = "", returned: bool = False) -> bytes:
    """A delivery report as mail servers write it (RFC 3464)."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "MAILER-DAEMON@unit.example", to or f"bounce+{message.pk.hex}@stat.example"
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail.set_content("I'm sorry to have to inform you …")
    status_part = MIMEBase("message", "delivery-status")
    status_part.set_payload(
        [
            _fields({"Reporting-MTA": "dns; mail.unit.example"}),
            _fields(
                {
                    "Final-Recipient": "rfc822; leader0@unit.example",
                    "Action": action,
                    "Status": status,
                    "Diagnostic-Code": f"smtp; 550 {status} <leader0@unit.example>: Recipient address rejected",
                }
            ),
        ]
    )
    mail.make_mixed()
    mail.replace_header("Content-Type", 'multipart/report; report-type="delivery-status"')
    mail.attach(status_part)
    if returned:
        headers = EmailMessage()
        headers.set_content(f"Message-ID: <{message.pk.hex}@stat.example>\n", subtype="rfc822-headers")
        mail.attach(headers)
    return mail.as_bytes()


def _fields(values: dict[str, str]) -> EmailMessage:
    group = EmailMessage()
    for name, value in values.items():
        group[name] = value
    return group
