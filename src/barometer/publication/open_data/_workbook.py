"""Large tables as an XLSX workbook (ECMA-376), a sheet each, quickly and with the same bytes each time.

Rows are put together by column, which is many times faster than cell by cell; the file is deflated as it grows.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import polars as pl

MOMENT = (1980, 1, 1, 0, 0, 0)
CHUNK = 1000
LONGEST_CELL = 32_767
_ILLEGAL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = {"plain": 0, "head": 1, "date": 2, "one": 3, "count": 4, "title": 5, "prose": 6, "faint": 7}

Change = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Sheet:
    """A table with what stands above it. `title`: lines over the header, the first of them large. `styles` and
    `widths` (in characters) go by column; styles are 'one' (decimal), 'count', 'prose' (wrapped) and 'faint'."""

    table: pl.DataFrame
    title: tuple[str, ...] = ()
    heads: Mapping[str, str] = field(default_factory=dict)  # what stands over a column in place of its name
    styles: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, float] = field(default_factory=dict)


def workbook(sheets: Mapping[str, pl.DataFrame | Sheet], change: Change | None = None) -> bytes:
    """Sheet name -> table; the header is bold and stays in sight. Texts are texts, never formulas. `change` is done to
    each piece of a table before it is written."""
    whole = {name: one if isinstance(one, Sheet) else Sheet(one) for name, one in sheets.items()}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, part in _parts(list(whole)).items():
            book.writestr(_entry(name), part)
        for number, one in enumerate(whole.values(), 1):
            with book.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as sheet:
                for piece in _sheet(one, change):
                    sheet.write(piece.encode())
    return content.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sheet(one: Sheet, change: Change | None) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}">{_frozen(len(one.title) + 1)}{_widths(one)}<sheetData>'
    for place, line in enumerate(one.title):
        yield f"<row>{_text(_clean(line), 'title' if place == 0 else 'faint')}</row>"
    heads = (one.heads.get(name, name) for name in one.table.columns)
    yield "<row>" + "".join(_text(_clean(head), "head") for head in heads) + "</row>"
    cells = [_cell(name, dtype, one.styles.get(name, "plain")).alias(name) for name, dtype in one.table.schema.items()]
    for piece in one.table.iter_slices(CHUNK):
        rows = (change(piece) if change else piece).select(pl.concat_str(cells))
        yield "<row>" + "</row><row>".join(rows.to_series()) + "</row>"
    yield "</sheetData></worksheet>"


def _frozen(rows: int) -> str:
    return (
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{rows}" topLeftCell="A{rows + 1}" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )


def _widths(one: Sheet) -> str:
    if not one.widths:
        return ""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{one.widths[name]:g}" customWidth="1"/>'
        for place, name in enumerate(one.table.columns, 1)
        if name in one.widths
    )
    return f"<cols>{columns}</cols>"


def _cell(name: str, dtype: pl.DataType, style: str) -> pl.Expr:
    column, empty = pl.col(name), pl.lit("<c/>")
    if dtype == pl.Boolean:
        shown = pl.concat_str(pl.lit('<c t="b"><v>'), column.cast(pl.Int8).cast(pl.String), pl.lit("</v></c>"))
    elif dtype.is_numeric():
        shown = pl.concat_str(pl.lit(f"<c{_styled(style)}><v>"), column.cast(pl.String), pl.lit("</v></c>"))
    elif dtype == pl.Date:
        days = (column.cast(pl.Int32) + 25_569).cast(pl.String)  # days since 30 December 1899
        shown = pl.concat_str(pl.lit(f"<c{_styled('date')}><v>"), days, pl.lit("</v></c>"))
    else:
        plain = column.cast(pl.String).str.slice(0, LONGEST_CELL).str.replace_all(_ILLEGAL, "")
        safe = plain.str.replace_many({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
        before, after = _text("\0", style).split("\0")
        shown = pl.concat_str(pl.lit(before), safe, pl.lit(after))
    return pl.when(column.is_null()).then(empty).otherwise(shown)


def _styled(style: str) -> str:
    number = _STYLES[style]
    return f' s="{number}"' if number else ""


def _clean(words: str) -> str:
    return escape("".join(one for one in words if one >= " " or one in "\t\n"))


def _text(words: str, style: str = "plain") -> str:
    return f'<c t="inlineStr"{_styled(style)}><is><t xml:space="preserve">{words}</t></is></c>'


def _parts(names: list[str]) -> dict[str, str]:
    """The parts of a workbook beside its sheets."""
    numbered = list(enumerate(names, 1))
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{content}.worksheet+xml"/>'
        for number, _ in numbered
    )
    sheets = "".join(
        f'<sheet name="{escape(name[:31])}" sheetId="{number}" r:id="rId{number}"/>' for number, name in numbered
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{content}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{content}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{links}'
        f'<Relationship Id="styles" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _styles(),
    }


def _styles() -> str:
    """Fonts plain, bold, large and grey; the cell formats in the order of `_STYLES`."""
    fonts = '<font/><font><b/></font><font><b/><sz val="14"/></font><font><color rgb="FF595959"/></font>'
    line = '<bottom style="thin"><color rgb="FF595959"/></bottom>'
    top = '<alignment vertical="top" wrapText="1"/>'
    return (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="0.0"/></numFmts>'
        f'<fonts count="4">{fonts}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
        f'</fill></fills><borders count="2"><border/><border><left/><right/><top/>{line}</border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="8"><xf/>'
        f'<xf fontId="1" borderId="1" applyFont="1" applyBorder="1" applyAlignment="1">{top}</xf>'
        '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="164" applyNumberFormat="1"/>'
        '<xf numFmtId="3" applyNumberFormat="1"/><xf fontId="2" applyFont="1"/>'
        f'<xf applyAlignment="1">{top}</xf><xf fontId="3" applyFont="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
