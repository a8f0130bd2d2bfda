"""The sheet 'questions' read as an outline: pages with questions, grids and shares with items."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from barometer.edition._entries import Entry, Report
from barometer.problems import Place

_PAGE_KEYS = {"name": "id", "label": "title", "relevant": "when"}
_QUESTION_KEYS = {"type": "kind", "name": "id", "label": "text", "relevant": "when", "calculation": "expression"}
_ITEM_KEYS = {"name": "code", "label": "label", "relevant": "when"}

Row = Mapping[str, Entry]


def outline(rows: Iterable[Row], report: Report) -> tuple[Entry, ...]:
    """Pages as a YAML file has them. Rows in the wrong place are reported and kept where they can be."""
    reader = _Outline(report)
    for row in rows:
        reader.read(row)
    return reader.finish()


class _Outline:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.pages: list[Entry] = []
        self.page: Row | None = None
        self.questions: list[Entry] = []
        self.grid: Row | None = None
        self.items: list[Entry] = []
        self.last = Place()

    def read(self, row: Row) -> None:
        self.last = row["type"].place
        kind = " ".join(str(row["type"].value or "").split())
        match kind:
            case "begin page":
                self._close(grid="begin page", page="begin page")
                self.page = row
            case "end page":
                self._close(grid="end page")
                if self.page is None:
                    self._misplaced("'end page'", "a 'begin page' before it", "Delete the row, or add 'begin page'.")
                self._end_page()
            case "begin grid" | "begin shares":
                self._close(grid=kind)
                self._need_page(row)
                self.grid = row
            case "end grid" | "end shares":
                begin = kind.replace("end", "begin")
                if self.grid is None or self._kind() != kind.split()[1]:
                    self._misplaced(f"'{kind}'", f"a '{begin}' before it", f"Delete the row, or add '{begin}'.")
                self._end_grid()
            case "item":
                if self.grid is None:
                    self._misplaced("an item outside a grid", "items in a grid", "Put it after a 'begin grid'.")
                else:
                    self.items.append(_entry(row, _ITEM_KEYS, without="type"))
            case _:
                self._close(grid=f"a question of type '{kind}'")
                self._need_page(row)
                self.questions.append(_entry(row, _QUESTION_KEYS))

    def finish(self) -> tuple[Entry, ...]:
        self._close(grid="the end of the sheet", page="the end of the sheet")
        return tuple(self.pages)

    def _close(self, *, grid: str, page: str = "") -> None:
        """End what is still open although `grid` or `page` begins here, and report it."""
        if self.grid is not None:
            end = f"'end {self._kind()}'"
            self._misplaced(
                f"{grid} inside the {self._kind()} '{self.grid['name'].value}'", f"{end} first", f"Add {end}."
            )
            self._end_grid()
        if page and self.page is not None:
            self._misplaced(
                f"{page} inside the page '{self.page['name'].value}'", "'end page' first", "Add 'end page'."
            )
            self._end_page()

    def _need_page(self, row: Row) -> None:
        if self.page is None:
            self._misplaced("a question outside a page", "questions on pages", "Add 'begin page' before it.")
            place = row["type"].place
            name = Entry(f"page_{len(self.pages) + 1}", place, plain=True)
            self.page = {"type": Entry("begin page", place), "name": name, "label": row["label"]}

    def _misplaced(self, found: str, expected: str, way_out: str) -> None:
        self.report.error("Q010", self.last, found, expected, way_out)

    def _end_grid(self) -> None:
        if self.grid is not None:
            kind = replace(self.grid["type"], value=self._kind())
            items = Entry(tuple(self.items), self.grid["type"].place)
            self.questions.append(_entry({**self.grid, "type": kind, "items": items}, _QUESTION_KEYS))
        self.grid, self.items = None, []

    def _kind(self) -> str:
        """What is open: 'grid' or 'shares'."""
        return str(self.grid["type"].value).split()[-1] if self.grid is not None else ""

    def _end_page(self) -> None:
        if self.page is not None:
            questions = Entry(tuple(self.questions), self.page["type"].place)
            self.pages.append(_entry({**self.page, "questions": questions}, _PAGE_KEYS, without="type"))
        self.page, self.questions = None, []


def _entry(row: Row, names: Mapping[str, str], without: str = "") -> Entry:
    """The row with the keys of a YAML file; blank cells of columns that do not belong to it are left out."""
    place = replace(row["type"].place, column="")
    cells = {names.get(key, key): cell for key, cell in row.items() if key != without}
    proper = (*names.values(), "questions", "items")
    return Entry({key: cell for key, cell in cells.items() if cell.value is not None or key in proper}, place)
