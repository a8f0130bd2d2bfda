"""A survey in two browsers, as the tutorial tells it: the desk logs in, imports, launches and watches; a leader answers
on a phone without JavaScript. Both write the manual's pictures."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from desk import PASSWORD, member
from django.conf import LazySettings
from django.utils import timezone
from django_otp.oath import TOTP
from pictures import picture
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from barometer.cli._leaders import answer_directly, fields_to_post
from barometer.edition import read_edition, starter
from barometer.sampling import draw_sample
from barometer.simulation import simulate_answers
from barometer.web.fieldwork.actions.rules import prepare_rule
from barometer.web.fieldwork.delivery import deliver
from barometer.web.fieldwork.models import Case, Collection, Contact, Disposition, Message, Response, Rule, Submission

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def installation_of_the_team(collection: Collection, live_server: LiveServer, settings: LazySettings) -> Collection:
    """A collection in draft, a manager who has never logged in, and the mailbox in place of a mail server."""
    settings.BASE_URL = live_server.url
    settings.DEVELOPMENT_MAILBOX = True
    settings.EMAIL_BACKEND = "barometer.web.fieldwork.mailbox.Mailbox"
    settings.MAIL_PER_MINUTE = 1_000_000
    settings.ARM_ALONE_UP_TO = 1_000
    member("manager")
    return collection


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK, base_url=live_server.url)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """Another device, without JavaScript."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


def test_a_survey_from_the_first_log_in_to_the_first_answer(
    desk: Page, phone: Page, installation_of_the_team: Collection, tmp_path: Path
) -> None:
    collection = installation_of_the_team
    log_in_for_the_first_time(desk)
    desk.get_by_role("link", name="Workplaces").click()
    import_contacts(desk, collection, tmp_path)
    launch(desk)
    arm_the_invitation(desk, collection.cases.count())
    prepare_rule(Rule.objects.get())  # as the worker does when the time has come
    deliver()
    link = open_the_first_mail(desk)
    answer_on_the_phone(phone, link)
    watch(desk, collection)


def log_in_for_the_first_time(desk: Page) -> None:
    desk.goto("/staff/")
    desk.get_by_label("E-mail address").fill("ida@example.org")
    desk.get_by_label("Password").fill(PASSWORD)
    desk.keyboard.press("Enter")
    key = desk.locator("code.key").inner_text().replace(" ", "")
    picture(desk, "field-second-factor", height=820)
    desk.get_by_label("Code").fill(code_of(key))
    desk.get_by_role("button", name="Log in", exact=True).click()
    expect(desk.locator(".codes li")).to_have_count(10)
    desk.get_by_role("link", name="I have kept them").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Collections")


def code_of(key: str) -> str:
    """What the app on the phone shows (RFC 6238)."""
    return f"{TOTP(base64.b32decode(key + '=' * (-len(key) % 8))).token():06}"


def import_contacts(desk: Page, collection: Collection, folder: Path) -> None:
    """First a file with two mistakes, then the one put right."""
    units = list(collection.cases.order_by("unit_id").values_list("unit_id", flat=True))
    rows = [f"{unit};Leader {unit};leader-{unit.lower()}@example.org;en" for unit in units]
    wrong = [rows[0].replace("@example.org", "(at)example.org"), *rows[1:], "nowhere;Nobody;nobody@example.org;en"]
    file = folder / "contacts.csv"
    desk.get_by_role("link", name="Contacts").click()
    for lines, problems in ((wrong, 2), (rows, 0)):
        file.write_text("unit_id;name;email;language\n" + "\n".join(lines), encoding="utf-8")
        desk.get_by_label("File", exact=True).set_input_files(file)
        desk.get_by_label("Where the addresses come from").fill("the register of workplaces")
        desk.get_by_role("button", name="Upload and check").click()
        if problems:
            expect(desk.get_by_role("main")).to_contain_text("is no e-mail address")
            expect(desk.get_by_role("main")).to_contain_text("is not in the sample")
            picture(desk, "field-contacts", height=1050)
            desk.get_by_role("button", name="Delete the file").click()
    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_role("status")).to_contain_text(f"{len(units)} contacts are new")
    assert Contact.objects.count() == len(units)


def launch(desk: Page) -> None:
    desk.get_by_role("link", name="Launch and close").click()
    desk.get_by_label("Last day to answer").fill(str(timezone.localdate() + timedelta(days=21)))
    desk.get_by_label("Sender of letters").fill("Ida Holm <survey@example.org>")
    desk.get_by_label("Help for respondents").fill("survey@example.org, phone 12 34 56 78")
    picture(desk, "field-launch", height=1130)
    desk.get_by_role("button", name="Launch").click()
    expect(desk.get_by_role("status")).to_contain_text("The collection is open")
    desk.get_by_role("button", name="Set the days").click()
    expect(desk.get_by_role("status")).to_contain_text("The days are set")


def arm_the_invitation(desk: Page, cases: int) -> None:
    desk.get_by_role("link", name="Letters", exact=True).click()
    desk.get_by_role("link", name="New rule").click()
    desk.get_by_label("Name of the rule").fill("Invitation")
    desk.get_by_label("Letter", exact=True).select_option("invitation")
    desk.get_by_label("Day", exact=True).fill(str(timezone.localdate()))
    desk.get_by_label("Time", exact=True).fill("00:00")
    desk.get_by_role("button", name="Make the draft").click()
    would = desk.locator("dt:has-text('Would get it') + dd")
    expect(would).to_contain_text(str(cases))
    assert Message.objects.count() == 0
    picture(desk, "field-rule", height=1050)
    desk.get_by_role("button", name="Arm", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("Armed")


def open_the_first_mail(desk: Page) -> str:
    """Gives the link in it."""
    desk.goto("/mailbox/")
    expect(desk.locator(".mails li").first).to_contain_text("@example.org")
    desk.locator(".mails a").first.click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Innovation at example workplaces 2024")
    picture(desk, "field-mail", height=900)
    return str(desk.locator(".letter a[href*='/l/']").first.get_attribute("href"))


def answer_on_the_phone(phone: Page, link: str) -> None:
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Innovation at example workplaces 2024")
    picture(phone, "field-landing")
    phone.get_by_role("button", name="Start").click()
    tick(phone, "process:no")
    go(phone)
    expect(phone.locator(".ds-error-summary")).to_contain_text("Choose an answer.")
    picture(phone, "field-error")
    tick(phone, "service:yes")
    go(phone)
    tick(phone, "novelty:inspired")
    tick(phone, "partners:citizens")
    tick(phone, "factors.employees:helped")
    tick(phone, "factors.management:helped")
    tick(phone, "factors.economy:hindered")
    picture(phone, "field-grid", at=phone.get_by_text("Did these help or hinder"))
    phone.locator("button[value='language:nb']").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Den siste innovasjonen")
    assert phone.locator("[id='f:factors.economy:hindered']").is_checked()
    tick(phone, "shared:yes")
    phone.locator("button[value='language:en']").click()
    for item, share in (("own", 80), ("grants", 20), ("others", 0)):
        phone.locator(f"[id='f:financing.{item}']").fill(str(share))
    phone.locator("[id='f:hours']").fill("120")
    for place, aim in enumerate(("quality", "staff"), 1):
        phone.locator(f"[id='f:aims.{place}']").select_option(aim)
    go(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    go(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("All my answers")
    picture(phone, "field-review")
    phone.get_by_role("button", name="Hand in").click()
    expect(phone.locator(".number")).to_have_text(Submission.objects.get().receipt)
    picture(phone, "field-receipt")
    assert Response.objects.get().values["factors.economy"] == "hindered"


def watch(desk: Page, collection: Collection) -> None:
    """The monitor has the answer; then others answer, too, over the days of a week."""
    desk.goto(f"/staff/collections/{collection.pk}/")
    expect(desk.locator("tr:has-text('Handed in') td.number").first).to_have_text("1")
    others_answer(collection)
    desk.reload()
    handed_in = collection.cases.filter(state="submitted").count()
    expect(desk.locator("tr:has-text('Handed in') td.number").first).to_have_text(str(handed_in))
    picture(desk, "field-monitor", height=1150)
    desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert desk.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    picture(desk, "field-monitor-phone")


def others_answer(collection: Collection) -> None:
    """Simulated leaders hand in through the same actions as the pages, and a week passes meanwhile."""
    survey = read_edition(starter()).surveys[0]
    sample = draw_sample(survey, np.random.default_rng(1))
    answers = simulate_answers(survey, sample, starter()["simulation.toml"], b"", np.random.default_rng(2))
    waiting = {case.unit_id: case for case in collection.cases.filter(state="invited")}
    now = timezone.now()
    for number, row in enumerate(answers.iter_rows(named=True)):
        case = waiting.get(row["unit_id"])
        if case is None:
            continue
        answer_directly(case, fields_to_post(survey.instrument, row, "en"), language="en")
        at = now - timedelta(days=6.9 * (1 - number * 0.618 % 1) ** 0.5)
        Case.objects.filter(pk=case.pk).update(state_at=at)
        Disposition.objects.filter(case=case).update(at=at)
    Collection.objects.filter(pk=collection.pk).update(opens_at=now - timedelta(days=7))
    Message.objects.update(sent_at=now - timedelta(days=7))


def tick(page: Page, name: str) -> None:
    page.locator(f"[id='f:{name}']").check()


def go(page: Page, value: str = "next") -> None:
    page.locator(f".go button[value='{value}']").click()
