"""Coding in a real browser: accessible in every language, fit for a phone, quick by keyboard without JavaScript."""

import re
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk import PASSWORD
from fielded import add_case, field_collection, published, say
from pictures import picture
from playwright.sync_api import Browser, Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer
from test_coding import ANN, BEN, IDA, coders, put
from test_collect import handed_in

from barometer.model import CodingScheme, Instrument, Question, QuestionKind, SchemeCode
from barometer.model import Page as InstrumentPage
from barometer.web.accounts.models import User
from barometer.web.fieldwork.actions.coding_schemes import publish_scheme, save_draft, set_work, start_scheme
from barometer.web.fieldwork.actions.open_answers import take_in
from barometer.web.fieldwork.models import Coding, CodingDecision, Collection, OpenAnswer, Scheme
from barometer.web.fieldwork.queries.coded import published_scheme
from barometer.web.fieldwork.queries.coding import disputed_keys

__all__ = ["coders"]

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LANGUAGES = ("da", "nb", "sv", "en")
WIDTHS = (320, 1280)
ASKED = {
    "en": "What was the greatest barrier to your latest innovation?",
    "da": "Hvad var den største barriere for jeres seneste innovation?",
    "nb": "Hva var det største hinderet for den siste innovasjonen deres?",
    "sv": "Vad var det största hindret för er senaste innovation?",
}
WRITTEN = (
    "We did not have the hours. Kari Holm at the town hall in Lund had to do it beside her own work.",
    "Nobody knew whether the rules allowed it, and the lawyers took half a year to answer.",
    "The money ended in June.",
    "Staff were tired of projects; the third one in two years.",
    "Old IT. The system cannot talk to that of the region.",
    "No time, and no money either.",
    "Management changed twice while we were at it.",
    "The law on personal data, or what people believed it to say.",
    "We lacked somebody who could build it, and could not hire.",
    "Time!",
    "The budget was cut, so we went on with what we had.",
    "It went well, there was none.",
)
CODES = (
    ("time", "Time", "Tid", "Tid", "Tid", "Too few hours beside daily work", "We had no time"),
    ("money", "Money", "Penge", "Penger", "Pengar", "Budget, cuts, prices", "The money ended"),
    ("law", "Law and rules", "Lovgivning", "Lover og regler", "Lagar", "Also what people believe rules to say", ""),
    ("it", "IT systems", "It-systemer", "IT-systemer", "It-system", "", "The system is too old"),
    ("staff", "Staff and skills", "Medarbejdere", "Ansatte", "Personal", "Tired, missing or without the skill", ""),
    ("lead", "Leadership", "Ledelse", "Ledelse", "Ledning", "Changes, no backing", ""),
    ("none", "No barrier", "Ingen barriere", "Ingen hindring", "Inget hinder", "Says that there was none", ""),
)
ANSWERS = ("time", "law", "money", "staff", "it", "time", "lead", "law", "staff", "time", "money", "none")
OTHERS = ("time", "law", "money", "time", "it", "money", "lead", "law", "staff", "time", "money", "none")


@pytest.fixture
def coded(coders: None, settings: object) -> Collection:
    """Twelve have told of a barrier; Ben has coded all of them and Ann but three, with two disagreements."""
    settings.SECOND_FACTOR_REQUIRED = False  # type: ignore[attr-defined]
    question = Question("barrier", QuestionKind.LONGTEXT, ASKED)
    page = InstrumentPage("p", say("Barriers"), (question,))
    languages = ("en", "da", "nb", "sv")
    instrument = published(Instrument("barriers", "1", say("Innovation barometer"), languages, (page,)))
    title = dict.fromkeys(LANGUAGES, "Innovation barometer")
    collection = field_collection(replace(instrument, title=title), cases=0)
    for text in WRITTEN:
        handed_in(add_case(collection), {"barrier": text})
    take_in(collection, by=IDA)
    scheme = start_scheme(collection, answer="barrier", multiple=False, by=IDA)
    codes = tuple(
        SchemeCode(code, {"en": en, "da": da, "nb": nb, "sv": sv}, about, example)
        for code, en, da, nb, sv, about, example in CODES
    )
    save_draft(scheme, coding=CodingScheme("barrier", codes), by=IDA)
    set_work(scheme, coders=[ANN, BEN], double_share=1, by=IDA)
    publish_scheme(scheme, by=IDA)
    for coder, given in ((ANN, ANSWERS), (BEN, OTHERS)):
        by_text = dict(zip(WRITTEN, given, strict=True))
        for one in scheme.codings.filter(coder=coder).select_related("answer"):
            if coder == BEN or one.answer.text not in (WRITTEN[0], WRITTEN[2], WRITTEN[7]):
                put(one, by_text[one.answer.text])
    return collection


def log_in(browser: Browser, server: LiveServer, name: str, width: int, *, script: bool = True) -> Page:
    size: ViewportSize = {"width": width, "height": 900}
    page = browser.new_context(viewport=size, base_url=server.url, java_script_enabled=script).new_page()
    page.goto("/staff/login/")
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    return page


def addresses(collection: Collection) -> dict[str, str]:
    """Name of a page -> its address, for Ann, Ida and a custodian alike where they may see it."""
    own, scheme = f"/staff/collections/{collection.pk}/coding", Scheme.objects.get()
    found = published_scheme(scheme)
    assert found is not None
    first = OpenAnswer.objects.get(text=WRITTEN[0])
    return {
        "overview": f"{own}/",
        "answer": f"{own}/barrier/answer/{Coding.objects.get(coder=ANN, answer=first).pk}/",
        "text": f"{own}/barrier/texts/{first.key}/",
        "scheme": f"{own}/barrier/scheme/",
        "agreement": f"{own}/barrier/agreement/",
        "settle": f"{own}/barrier/settle/{disputed_keys(found)[0]}/",
        "originals": f"{own}/originals/",
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_coding_pass_the_accessibility_checker_and_fit(
    browser: Browser, live_server: LiveServer, coded: Collection, language: str, width: int
) -> None:
    User.objects.get(email=ANN).memberships.update(role="manager")
    for coding in Coding.objects.filter(coder=ANN).exclude(state="coded"):
        put(coding, "time")
    page = log_in(browser, live_server, "ann", width)
    User.objects.update(language=language)
    trouble: dict[str, object] = {}
    for name, where in addresses(coded).items():
        page.goto(where)
        assert page.locator("main h1, main h2").count(), name
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        if found := Axe().run(page).response["violations"]:
            trouble[name] = [(one["id"], [node["html"][:120] for node in one["nodes"]][:2]) for one in found]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            trouble[f"{name} wide"] = page.evaluate("document.documentElement.scrollWidth")
    assert not trouble


@pytest.mark.parametrize(("width", "name"), [(1280, "coding-answer"), (390, "coding-answer-phone")])
def test_a_coder_codes_by_typing_numbers_without_javascript(
    browser: Browser, live_server: LiveServer, coded: Collection, width: int, name: str
) -> None:
    page = log_in(browser, live_server, "ann", width, script=False)
    page.goto(addresses(coded)["answer"])
    picture(page, name, height=1080 if width > 1000 else 1480)
    page.goto(f"/staff/collections/{coded.pk}/coding/")
    page.get_by_role("link", name="Go on coding").click()
    for _ in range(3):
        page.wait_for_selector("#numbers:focus")
        page.keyboard.type("2")
        page.keyboard.press("Enter")
    page.wait_for_selector("text=You have coded all of your answers.")
    given = Coding.objects.filter(coder=ANN, answer__text__in=[WRITTEN[0], WRITTEN[2], WRITTEN[7]])
    assert [one.codes for one in given] == [["money"]] * 3


@pytest.mark.parametrize(("width", "name"), [(1280, "coding-text"), (390, "coding-text-phone")])
def test_names_are_hidden_by_keyboard_without_javascript(
    browser: Browser, live_server: LiveServer, coded: Collection, width: int, name: str
) -> None:
    page = log_in(browser, live_server, "ann", width, script=False)
    page.goto(addresses(coded)["text"])
    for word in ("Kari", "Holm"):
        page.get_by_label(word, exact=True).focus()
        page.keyboard.press("Space")
    picture(page, name, height=860 if width > 1000 else 1420)
    page.get_by_role("button", name="Hide", exact=True).last.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=hours. [name] at the town hall")
    assert "[name] at the" in OpenAnswer.objects.get(text__startswith="We did not have").text


def test_an_analyst_looks_at_the_work_and_settles_a_disagreement(
    browser: Browser, live_server: LiveServer, coded: Collection
) -> None:
    page = log_in(browser, live_server, "ida", 1280)
    where = addresses(coded)
    page.goto(where["scheme"])
    picture(page, "coding-scheme", height=900)
    page.goto(where["overview"])
    picture(page, "coding-overview", height=690)
    page.get_by_role("link", name=re.compile("^Agreement")).click()
    expect(page.get_by_text("77.8%").first).to_be_visible()
    picture(page, "coding-agreement", height=1440)
    page.get_by_role("link", name="Settle 2 disagreements").click()
    picture(page, "coding-settle", height=1040)
    page.get_by_label("Time").check()
    page.get_by_label("Reason").fill("Both are named, time first.")
    page.get_by_role("button", name="Decide and go on").click()
    page.wait_for_selector("text=1 disagreement left")
    assert [one.codes for one in CodingDecision.objects.all()] == [["time"]]
