"""The path map as a drawing: pages as boxes from top to bottom, conditions on the arrows, and who decides about whom.

At the left, an arrow leads past the pages that not everybody gets; at the right, a line leads from the page of each
deciding question to the pages it decides about. Text alternative is the table beside it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap

from barometer.model import Page
from barometer.printing._words import Wording
from barometer.questionnaire import PathMap

SPINE = 136  # x of the arrows from page to page
LEFT = 108  # x of the boxes
BOX = 430  # their width
LANE = 16  # px between lines at the right
TITLE_CHARACTERS, CONDITION_CHARACTERS = 52, 58
LINE = 17
REGISTER = "register"
COLOURS = 6  # classes of lines, each with its own dashes

STYLE = """
.pm{--ink:#1b2a41;--faint:#5b6780;--paper:#fff;--fill:#eef2f7;font:13px/1.3 system-ui,sans-serif;fill:var(--ink)}
.pm rect,.pm path{stroke:var(--ink);fill:none}.pm .page{fill:var(--fill)}.pm .pill{fill:var(--ink)}
.pm .on{fill:var(--paper)}.pm .t{font-weight:600}.pm .s{fill:var(--faint);font-size:12px}.pm .c{font-style:italic}
.pm .by{stroke:var(--faint);stroke-dasharray:5 4}.pm .head{fill:var(--ink);stroke:none}
.pm .n{font-size:11px;font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:4px}
.pm .d{stroke-width:1.6}.pm .dot{stroke:none}
.pm .d0{stroke:#0b5cad}.pm .d1{stroke:#a33a00;stroke-dasharray:8 3}.pm .d2{stroke:#1a7a3c;stroke-dasharray:2 3}
.pm .d3{stroke:#7a2a8c;stroke-dasharray:10 3 2 3}.pm .d4{stroke:#8a6100;stroke-dasharray:5 5}
.pm .d5{stroke:#b01657;stroke-dasharray:1 2}
@media (prefers-color-scheme:dark){.pm{--ink:#e8edf5;--faint:#a9b4c8;--paper:#12161d;--fill:#222a36}
.pm .d0{stroke:#7ab8ff}.pm .d1{stroke:#ff9d66}.pm .d2{stroke:#6fd394}.pm .d3{stroke:#d79be8}.pm .d4{stroke:#e8c062}
.pm .d5{stroke:#ff8ab8}}
"""


@dataclass(frozen=True)
class Group:
    """Pages in a row that have the same condition; in words, '' for everybody."""

    condition: str
    pages: tuple[tuple[int, Page], ...]  # with their number


@dataclass
class Sheet:
    parts: list[str] = field(default_factory=list)
    y: float = 20
    boxes: dict[str, tuple[float, float]] = field(default_factory=dict)  # page -> top and bottom

    def text(self, x: float, y: float, words: str, style: str = "", anchor: str = "start") -> None:
        self.parts.append(f'<text x="{x:g}" y="{y:g}" class="{style}" text-anchor="{anchor}">{escape(words)}</text>')

    def path(self, route: str, style: str = "") -> None:
        self.parts.append(f'<path d="{route}" class="{style}"/>')

    def arrow(self, start: float, end: float) -> None:
        """Down the spine."""
        self.path(f"M{SPINE} {start:g}V{end - 6:g}")
        self.parts.append(f'<path class="head" d="M{SPINE - 5} {end - 8:g}h10l-5 8z"/>')


def draw_path_map(words: Wording, routing: PathMap) -> str:
    """An SVG document that also stands inside a page; `routing`: of the same instrument."""
    instrument = words.instrument
    sheet = Sheet()
    _pill(sheet, words.say("map_start"), LEFT)
    if any(edge.source == REGISTER for edge in routing.edges):
        width = _pill(sheet, words.say("map_register"), LEFT + 250)
        sheet.boxes[REGISTER] = (sheet.y, sheet.y + 28)
        sheet.path(f"M{LEFT + 250 + width:g} {sheet.y + 14:g}H{LEFT + BOX:g}", "by")
    sheet.y += 28
    groups = _groups(instrument.pages, words)
    for group in groups:
        _draw_group(sheet, group, words)
    sheet.arrow(sheet.y, sheet.y + 30)
    sheet.y += 30
    _pill(sheet, words.say("map_end"), LEFT)
    lanes = _lines(sheet, words, routing)
    title = words.say("map_title", title=words.text(instrument.title))
    description = words.say("map_text", pages=len(instrument.pages))
    width, height = LEFT + BOX + 40 + LANE * lanes, sheet.y + 48
    name = f"map-{instrument.id}-{words.language}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="pm" role="img" lang="{words.language}" width="{width:g}" '
        f'height="{height:g}" viewBox="0 0 {width:g} {height:g}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"<style>{STYLE}</style>{''.join(sheet.parts)}</svg>"
    )


def shown_if(page: Page, words: Wording) -> str:
    """Under which condition anything of the page is shown, in words; '' for everybody."""
    parts = [words.condition(page.when)] if page.when else []
    whens = [question.when for question in page.questions]
    if whens and all(whens):
        told = dict.fromkeys(words.condition(when) for when in whens if when)
        parts.append(f", {words.say('or')} ".join(told))
    return f", {words.say('and')} ".join(dict.fromkeys(parts))


def _groups(pages: Sequence[Page], words: Wording) -> list[Group]:
    found: list[Group] = []
    for number, page in enumerate(pages, 1):
        condition = shown_if(page, words)
        if found and found[-1].condition == condition and condition:
            found[-1] = Group(condition, (*found[-1].pages, (number, page)))
        else:
            found.append(Group(condition, ((number, page),)))
    return found


def _draw_group(sheet: Sheet, group: Group, words: Wording) -> None:
    top = sheet.y
    lines = wrap(words.say("choice_if", condition=group.condition), CONDITION_CHARACTERS) if group.condition else []
    gap = 30 + LINE * len(lines) + (10 if lines else 0)
    for number, line in enumerate(lines):
        sheet.text(SPINE + 14, top + 30 + LINE * number, line, "c")
    sheet.arrow(top, top + gap)
    sheet.y = top + gap
    for place, (number, page) in enumerate(group.pages):
        if place:
            sheet.arrow(sheet.y, sheet.y + 24)
            sheet.y += 24
        _box(sheet, number, page, words)
    if lines:
        sheet.path(f"M{SPINE} {sheet.y:g}v26", "")
        bottom = sheet.y + 20
        by = LEFT - 34
        sheet.path(
            f"M{SPINE} {top + 12:g}H{by + 8}q-8 0 -8 8V{bottom - 8:g}q0 8 8 8H{SPINE - 9}",
            "by",
        )
        sheet.parts.append(f'<path class="head" d="M{SPINE - 9} {bottom - 5:g}v10l8 -5z"/>')
        sheet.text(by - 6, top + 30, words.say("otherwise"), "s", "end")
        sheet.y += 26


def _box(sheet: Sheet, number: int, page: Page, words: Wording) -> None:
    lines = wrap(f"{number}  {words.text(page.title) or page.id}", TITLE_CHARACTERS)
    count = len(page.questions)
    note = words.say("questions_one") if count == 1 else words.say("questions", count=count)
    numbers = [words.numbers[question.id] for question in page.questions if question.id in words.numbers]
    if numbers:
        note += f" ({spans(numbers)})"
    some = sum(question.when is not None for question in page.questions)
    if some and some < count:
        note += f" · {words.say('for_some', count=some)}"
    height = 16 + LINE * (len(lines) + 1)
    top = sheet.y
    sheet.parts.append(f'<rect class="page" x="{LEFT}" y="{top:g}" width="{BOX}" height="{height}" rx="6"/>')
    for place, line in enumerate(lines):
        sheet.text(LEFT + 14, top + 21 + LINE * place, line, "t")
    sheet.text(LEFT + 14, top + 21 + LINE * len(lines), note, "s")
    sheet.boxes[page.id] = (top, top + height)
    sheet.y = top + height


def spans(numbers: Sequence[int]) -> str:
    """'1–4, 7'."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _pill(sheet: Sheet, label: str, x: float) -> float:
    width = 30 + 7.5 * len(label)
    sheet.parts.append(f'<rect class="pill" x="{x:g}" y="{sheet.y:g}" width="{width:g}" height="28" rx="14"/>')
    sheet.text(x + width / 2, sheet.y + 19, label, "on", "middle")
    return width


def _lines(sheet: Sheet, words: Wording, routing: PathMap) -> int:
    """Draw who decides about whom; how many lanes that took. A lane is used again below where a line has ended."""
    order = [REGISTER, *routing.pages]
    ends: list[float] = []
    drawn = 0
    arrived: Counter[str] = Counter()
    for source in (name for name in order if name in sheet.boxes):
        edges = [edge for edge in routing.edges if edge.depends and edge.source == source]
        targets = sorted({edge.target for edge in edges}, key=order.index)
        if not targets:
            continue
        start = sheet.boxes[source][1] - 13
        end = sheet.boxes[targets[-1]][0] + 9 + 6 * min(arrived[targets[-1]], 3)
        lane = next((lane for lane, taken in enumerate(ends) if taken < start - 10), len(ends))
        ends[lane : lane + 1] = [end]
        x, edge, style = LEFT + BOX + 34 + LANE * lane, LEFT + BOX, f"d d{drawn % COLOURS}"
        drawn += 1
        sheet.path(f"M{edge} {start:g}H{x}V{end:g}", style)
        for target in targets:
            top = sheet.boxes[target][0] + 9 + 6 * min(arrived[target], 3)  # lines into one page stay apart
            arrived[target] += 1
            sheet.path(f"M{x} {top:g}H{edge + 8}", style)
            sheet.parts.append(f'<path class="head" d="M{edge + 9} {top - 4:g}v8l-8 -4z"/>')
        if source != REGISTER:
            sheet.text(edge + 4, start - 4, spans(_deciding(words, routing, source)), "n")
    return len(ends)


def _deciding(words: Wording, routing: PathMap, page: str) -> list[int]:
    """Numbers of the page's questions that decide about other pages."""
    elsewhere = {one for step in routing.steps if step.page != page for one in (step.id, step.page)}
    deciding = [step.id for step in routing.steps if step.page == page and not elsewhere.isdisjoint(step.leads_to)]
    return [words.numbers[name] for name in deciding if name in words.numbers]
