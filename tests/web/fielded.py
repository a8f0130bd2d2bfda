"""Collections in the field for tests: any instrument, and one with every kind of question in four languages."""

import re
from dataclasses import replace
from html import unescape
from itertools import count

from django.test import Client
from lxml import html

from barometer.edition import answer_scope, canonical_json, read_instrument
from barometer.expressions import Scope, Type, Variable, parse_condition, parse_number
from barometer.model import (
    Check,
    Choice,
    Instrument,
    Item,
    Level,
    Missing,
    Page,
    Question,
    QuestionKind,
    Required,
    Section,
    Text,
)
from barometer.problems import Place
from barometer.web.fieldwork.access import case_number
from barometer.web.fieldwork.actions.accesses import respondent_token
from barometer.web.fieldwork.models import Case, Collection, Contact, InstrumentVersion

LANGUAGES = ("da", "nb", "sv", "en")
REGISTER: Scope = {
    "sector": Variable("sector", Type.CODE, ("municipality", "state")),
    "employees": Variable("employees", Type.NUMBER),
}
_numbers = count(1)


def field_collection(
    instrument: Instrument, *, survey: str = "", edition: str = "demo", cases: int = 1, **more: object
) -> Collection:
    """An open collection of the instrument with cases that have a contact each."""
    collection = Collection.objects.create(
        edition=edition,
        folder="demo",
        survey=survey or f"survey{next(_numbers)}",
        title=dict(instrument.title),
        publisher=dict.fromkeys(LANGUAGES, "The statistical office"),
        languages=list(instrument.languages),
        help_contact="help@example.org",
        **{"status": "open", **more},
    )
    InstrumentVersion.objects.create(
        collection=collection,
        number=1,
        digest=instrument.digest,
        content=canonical_json(instrument).decode(),
        register={name: {"type": one.type.value, "codes": list(one.codes)} for name, one in REGISTER.items()},
        published_by="ida@example.org",
    )
    for _ in range(cases):
        add_case(collection)
    return collection


def add_case(collection: Collection, email: str = "", **register: object) -> Case:
    number = next(_numbers)
    case = Case.objects.create(
        collection=collection,
        unit_id=f"u{number}",
        number=case_number(collection.pk, f"u{number}"),
        stratum="all",
        design_weight=1.0,
        register={"sector": "state", "employees": 10, **register},
        state="invited",
    )
    Contact.objects.create(
        case_reference=case.reference,
        collection=collection.pk,
        name="Kari Nordmann",
        email=email or f"kari{number}@example.org",
        language=collection.languages[0],
        source="the register of public bodies",
    )
    return case


class Respondent:
    """A browser without JavaScript: follows links, keeps what forms hold, posts what is changed."""

    def __init__(self, case: Case, client: Client | None = None, link: str = "") -> None:
        self.case = case
        self.client = client or Client()
        self.url = self.link = link or f"/l/{respondent_token(case)}"
        self.text = ""
        self.status = 0

    def get(self, url: str) -> "Respondent":
        return self._take(self.client.get(url, follow=True))

    def post(self, url: str, data: dict[str, object]) -> "Respondent":
        return self._take(self.client.post(url, data, follow=True))

    def start(self, language: str = "en") -> "Respondent":
        return self.post(self.link, {"language": language})

    def answer(self, go: str = "next", **answers: object) -> "Respondent":
        """Post the page's form with these fields changed; a field named 'a__b' is 'a.b'."""
        return self.post(self.url.partition("?")[0], self.form(go, **answers))

    def form(self, go: str = "next", **answers: object) -> dict[str, object]:
        changed = {name.replace("__", "."): value for name, value in answers.items()}
        return {**fields_in(self.text), **changed, "go": go}

    @property
    def page(self) -> str:
        """Where they are: 'p/<page>', 'review', 'receipt' …"""
        return re.sub(r"^/r/[^/]+/", "", self.url.partition("?")[0])

    @property
    def public_id(self) -> str:
        return self.url.split("/")[2]

    @property
    def words(self) -> str:
        """The text of the page, blanks as one."""
        return " ".join(" ".join(html.fromstring(self.text).xpath("//main//text()")).split())

    def _take(self, response) -> "Respondent":  # type: ignore[no-untyped-def]
        self.status = response.status_code
        self.text = response.content.decode()
        self.headers = response.headers
        if response.redirect_chain:
            self.url = response.redirect_chain[-1][0]
        elif self.status == 200:
            self.url = response.request["PATH_INFO"]
        return self


def fields_in(text: str) -> dict[str, object]:
    """What the form of a page would post, its buttons left out."""
    found: dict[str, list[str]] = {}
    for one in html.fromstring(text).xpath("//form[@id='answers']//*[@name]"):
        if one.tag == "textarea":
            found.setdefault(one.get("name"), []).append((one.text or "").removeprefix("\n"))
        elif one.tag == "select":
            found.setdefault(one.get("name"), []).extend(one.xpath("option[@selected]/@value"))
        elif one.tag == "input" and (one.get("type") not in ("radio", "checkbox") or one.get("checked") is not None):
            found.setdefault(one.get("name"), []).append(unescape(one.get("value", "")))
    return {name: values for name, values in found.items() if values}


def say(words: str) -> Text:
    return {"en": words, "da": f"{words} på dansk", "nb": f"{words} på norsk", "sv": f"{words} på svenska"}


def choices(*codes: str, **more: Missing) -> tuple[Choice, ...]:
    return tuple(Choice(code, say(code.capitalize())) for code in codes) + tuple(
        Choice(code, say(code.capitalize()), exclusive=True, missing=missing) for code, missing in more.items()
    )


def ask(name: str, kind: QuestionKind, **more: object) -> Question:
    more.setdefault("required", Required.NO)
    return Question(name, kind, say(f"About {name}?"), **more)  # type: ignore[arg-type]


def _pages() -> tuple[Page, ...]:
    kind = QuestionKind
    scope: Scope = {**REGISTER, "innovated": Variable("innovated", Type.CODE, ("yes", "no", "dont_know"))}
    number: Scope = {**REGISTER, "hours": Variable("hours", Type.NUMBER)}
    innovated = parse_condition("innovated == 'yes'", scope, Place())
    return (
        Page(
            "start",
            say("Start"),
            (
                ask("welcome", kind.INFORMATION),
                ask("agree", kind.CONSENT),
                ask(
                    "innovated",
                    kind.SINGLE,
                    choices=choices("yes", "no", dont_know=Missing.DONT_KNOW),
                    required=Required.HARD,
                    definition=say("An **innovation** is a new way of doing things."),
                ),
                ask("why_not", kind.TEXT, when=parse_condition("innovated == 'no'", scope, Place())),
            ),
            section="first",
        ),
        Page(
            "innovation",
            say("The innovation"),
            (
                ask(
                    "partners",
                    kind.MULTI,
                    choices=(
                        *choices("companies", "citizens"),
                        Choice("others", say("Others"), opens_text=True),
                        Choice("nobody", say("Nobody"), exclusive=True),
                    ),
                    hint=say("Mark all that apply"),
                    maximum=3,
                ),
                ask(
                    "factors",
                    kind.GRID,
                    choices=choices("helped", "hindered", "neither"),
                    items=(Item("law", say("The law")), Item("staff", say("The staff"))),
                    required=Required.SOFT,
                ),
                ask(
                    "hours", kind.NUMBER, minimum=0, maximum=5000, decimals=1, unit=say("hours"), missing=tuple(Missing)
                ),
                ask(
                    "hours_a_head",
                    kind.COMPUTED,
                    expression=parse_number("hours / employees", number, Place()),
                    decimals=1,
                ),
            ),
            when=innovated,
            section="innovation",
        ),
        Page(
            "money",
            say("Money and time"),
            (
                ask(
                    "money",
                    kind.SHARES,
                    items=(Item("own", say("Own money")), Item("state", say("The state")), Item("eu", say("The EU"))),
                    total=100,
                    unit=say("%"),
                ),
                ask("goals", kind.RANKING, choices=choices("quality", "savings", "trust"), maximum=2),
                ask("day", kind.DATE, minimum=18262),  # 2020-01-01
                ask("year", kind.YEAR, minimum=1990, maximum=2030),
            ),
            when=innovated,
            section="innovation",
        ),
        Page(
            "end",
            say("The end"),
            (
                ask("employees_now", kind.NUMBER, prefill="employees", minimum=0, maximum=100000),
                ask("comment", kind.LONGTEXT, maximum=200),
            ),
            section="last",
        ),
    )


def every_kind() -> Instrument:
    """Every kind of question, with sections, routing, checks, definitions, missing answers and a prefilled number."""
    instrument = Instrument(
        id="every",
        version="1",
        title=say("Innovation"),
        languages=LANGUAGES,
        pages=_pages(),
        introduction=say("We ask about **new ways** of doing things."),
        sections=tuple(Section(one, say(f"Section {one}")) for one in ("first", "innovation", "last")),
    )
    scope = {**REGISTER, **answer_scope(instrument)}
    checks = (
        Check("many", parse_condition("not hours > 1000", scope, Place()), Level.SOFT, say("That is many hours.")),
        Check(
            "law",
            parse_condition("not factors.law == 'helped' or answered(hours)", scope, Place()),
            Level.HARD,
            say("Tell the hours, too."),
        ),
        Check("old", parse_condition("not year < 2000", scope, Place()), Level.INFO, say("That was long ago.")),
    )
    return published(replace(instrument, checks=checks))


def published(instrument: Instrument) -> Instrument:
    """As it reads back, with its digest."""
    return read_instrument("any.yaml", canonical_json(instrument), REGISTER, instrument.languages)
