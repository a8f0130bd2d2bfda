"""The survey team's pages in a real browser: accessible in every language, fit for a phone, usable by keyboard."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD, member
from django.utils import timezone
from fielded import every_kind, field_collection
from made_mail import in_the_field, sent_off
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from test_collect import FULL, handed_in

from barometer.web.accounts.models import User
from barometer.web.fieldwork.access import mail_token
from barometer.web.fieldwork.actions.collections import launch_collection
from barometer.web.fieldwork.actions.contacts import keep_upload, put_contact
from barometer.web.fieldwork.actions.editing import add_edit
from barometer.web.fieldwork.actions.mail import decide
from barometer.web.fieldwork.actions.paper import print_letters
from barometer.web.fieldwork.actions.rules import arm_rule, create_rule
from barometer.web.fieldwork.delivery import deliver
from barometer.web.fieldwork.mailbox import development_mailbox
from barometer.web.fieldwork.models import Case, Collection, Contact, ContactUpload, Message, Rule
from barometer.web.fieldwork.queries.answers import case_id_of
from barometer.web.fieldwork.queries.mail import count_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LANGUAGES = ("da", "nb", "sv", "en")
WIDTHS = (320, 1280)


@pytest.fixture
def fielded(collection: Collection, settings: object) -> Collection:
    """Launched, some have answered, a file waits, and a rule is drafted."""
    settings.SECOND_FACTOR_REQUIRED = False  # type: ignore[attr-defined]
    closes = timezone.now() + timedelta(days=9)
    launch_collection(collection, closes_at=closes, sender="S <s@example.org>", help_contact="1234", by="tests")
    create_rule(collection, name="Invitation", letter="invitation", send_at=closes, by="tests")
    create_rule(collection, name="Paper", letter="paper", send_at=closes, channel="paper", by="tests")
    first, *others = collection.cases.order_by("number")
    put_contact(
        first, name="Kim", email="kim@example.org", phone="1", language="en", source="register", new_link=False, by="x"
    )
    for place, case in enumerate(others):
        state, at = ("submitted", "opened", "started")[place % 3], timezone.now() - timedelta(days=place % 9)
        Case.objects.filter(pk=case.pk).update(state=state, state_at=at)
    content = b"unit_id;email\n" + first.unit_id.encode() + b";kim@example.org\nnowhere;x"
    keep_upload(
        collection, name="c.csv", content=content, columns={"unit": "unit_id"}, source="r", by="ida@example.org"
    )
    member()
    printed_and_lost(collection, first)
    return collection


def printed_and_lost(collection: Collection, case: Case) -> None:
    """Letters on paper were printed, and nobody knows whether two mails were sent; about one somebody has decided."""
    paper = Rule.objects.get(channel="paper")
    print_letters(arm_rule(paper, counted=count_of(paper).now, by="ole@example.org"), by="ole@example.org")
    contact = Contact.objects.get(case_reference=case.pk)
    for once in ("one", "two"):
        message = Message.objects.create(
            collection=collection.pk,
            case_reference=case.pk,
            contact=contact,
            letter="invitation",
            once=once,
            state="unknown",
        )
        message.events.create(kind="unknown")
    decide(message, decision="never", by="ole@example.org")


def log_in(browser: Browser, server: LiveServer, width: int) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 900}, base_url=server.url).new_page()
    page.goto("/staff/login/")
    page.get_by_label("E-mail address").fill("ida@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    return page


def addresses(collection: Collection) -> list[str]:
    own, case = f"/staff/collections/{collection.pk}", collection.cases.earliest("number").number
    upload = ContactUpload.objects.get().pk
    return [
        "/staff/",
        f"/staff/editions/{collection.edition}/",
        *(f"{own}/{name}" for name in ("", "cases/", "contacts/", "mail/", "mail/new/", "questionnaire/", "manage/")),
        f"{own}/contacts/{upload}/",
        *(f"{own}/mail/{rule.pk}/" for rule in Rule.objects.all()),
        f"/staff/cases/{case}/",
        "/staff/account/",
        "/staff/people/",
        f"/staff/people/{User.objects.get().pk}/",
        "/staff/log/",
        "/staff/search/?q=none",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_pass_the_accessibility_checker_and_fit(
    browser: Browser, live_server: LiveServer, fielded: Collection, language: str, width: int
) -> None:
    page = log_in(browser, live_server, width)
    User.objects.update(language=language)
    trouble: dict[str, object] = {}
    for where in addresses(fielded):
        page.goto(where)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = Axe().run(page).response["violations"]
        if found:
            trouble[where] = [(one["id"], [node["html"][:120] for node in one["nodes"]][:2]) for one in found]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            trouble[f"{where} wide"] = page.evaluate("document.documentElement.scrollWidth")
    assert not trouble


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_answers_and_corrections_pass_the_checker_and_fit(
    browser: Browser, live_server: LiveServer, settings: object, language: str, width: int
) -> None:
    settings.SECOND_FACTOR_REQUIRED = False  # type: ignore[attr-defined]
    collection = field_collection(every_kind())
    response = handed_in(collection.cases.get(), {**FULL, "hours": 2000})
    case_id = case_id_of(response.key)
    member()
    add_edit(response, name="year", written=["1995"], reason="rang", by="ida@example.org")
    page = log_in(browser, live_server, width)
    User.objects.update(language=language)
    own = f"/staff/collections/{collection.pk}/answers"
    names = ("innovated", "partners", "factors.law", "hours", "money.own", "goals", "day", "comment", "agree")
    for where in (own, f"{own}/check", f"{own}/case/{case_id}", *(f"{own}/case/{case_id}/{name}" for name in names)):
        page.goto(f"{where}/")
        found = Axe().run(page).response["violations"]
        assert not found, (where, [(one["id"], one["nodes"][0]["html"][:200]) for one in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_mail_pass_the_checker_and_fit(
    browser: Browser, live_server: LiveServer, collection: Collection, settings: object, language: str, width: int
) -> None:
    settings.DEVELOPMENT_MAILBOX = True  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "barometer.web.fieldwork.mailbox.Mailbox"  # type: ignore[attr-defined]
    in_the_field(collection, contacts=1)
    Contact.objects.update(language=language)
    sent_off(collection)
    deliver()
    message = Message.objects.get()
    stop = f"/mail/{message.pk}/{mail_token(message.pk)}/stop"
    page = browser.new_context(
        viewport={"width": width, "height": 900}, base_url=live_server.url, locale=language
    ).new_page()
    (key,) = development_mailbox().keys()
    for where in ("/mailbox/", f"/mailbox/{key}", stop, f"/mail/{message.pk}/{'0' * 32}/stop"):
        page.goto(where)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        found = Axe().run(page).response["violations"]
        assert not found, (where, [(one["id"], one["nodes"][0]["html"][:200]) for one in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where
    page.goto(stop)
    page.locator("main form button").click()
    expect(page.locator("main form")).to_have_count(0)
    assert not Axe().run(page).response["violations"]


def test_login_and_second_factor_pass_the_checker(
    browser: Browser, live_server: LiveServer, fielded: Collection, settings: object
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True  # type: ignore[attr-defined]
    page = browser.new_context(viewport={"width": 320, "height": 900}, base_url=live_server.url).new_page()
    page.goto("/staff/login/")
    assert not Axe().run(page).response["violations"]
    page.get_by_label("E-mail address").fill("ida@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/code/**")
    assert not Axe().run(page).response["violations"]


def test_a_refusal_is_noted_by_keyboard_without_javascript(
    browser: Browser, live_server: LiveServer, fielded: Collection
) -> None:
    page = log_in(browser, live_server, 1280)
    case = fielded.cases.earliest("number")
    plain = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain.add_cookies(page.context.cookies())
    typed = plain.new_page()
    typed.goto("/staff/")
    typed.get_by_label("Case number").focus()
    typed.keyboard.type(case.number)
    typed.keyboard.press("Enter")
    typed.wait_for_url(f"**/cases/{case.number}/")
    typed.get_by_label("What happened").focus()
    typed.keyboard.press("Tab")
    typed.keyboard.type("no time")
    typed.keyboard.press("Tab")
    typed.keyboard.press("Enter")
    typed.wait_for_selector("text=Noted.")
    case.refresh_from_db()
    assert case.state == "refused"
