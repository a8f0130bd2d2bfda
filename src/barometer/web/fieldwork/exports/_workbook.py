"""Large tables as an XLSX workbook (ECMA-376), a sheet each, quickly and with the same bytes each time.

Rows are put together by column, which is many times faster than cell by cell; the file is deflated as it grows.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

import polars as pl

from barometer.web.fieldwork.exports._delimited import harmless

MOMENT = (1980, 1, 1, 0, 0, 0)
CHUNK = 1000
LONGEST_CELL = 32_767
_ILLEGAL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FREEZE = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" '
    'state="frozen"/></sheetView></sheetViews>'
)


def workbook(sheets: Mapping[str, pl.DataFrame]) -> bytes:
    """Sheet name -> table; the first row is a bold header that stays in sight."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, part in _parts(list(sheets)).items():
            book.writestr(_entry(name), part)
        for number, table in enumerate(sheets.values(), 1):
            with book.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True) as sheet:
                for piece in _sheet(table):
                    sheet.write(piece.encode())
    return content.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _sheet(table: pl.DataFrame) -> Iterator[str]:
    yield f'{_HEAD}<worksheet xmlns="{_MAIN}">{_FREEZE}<sheetData>'
    yield "<row>" + "".join(_text(escape(name), style=' s="1"') for name in table.columns) + "</row>"
    cells = [_cell(name, dtype).alias(name) for name, dtype in table.schema.items()]
    for piece in table.iter_slices(CHUNK):
        rows = harmless(piece).select(pl.concat_str(cells))
        yield "<row>" + "</row><row>".join(rows.to_series()) + "</row>"
    yield "</sheetData></worksheet>"


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    column, empty = pl.col(name), pl.lit("<c/>")
    if dtype == pl.Boolean:
        shown = pl.concat_str(pl.lit('<c t="b"><v>'), column.cast(pl.Int8).cast(pl.String), pl.lit("</v></c>"))
    elif dtype.is_numeric():
        shown = pl.concat_str(pl.lit("<c><v>"), column.cast(pl.String), pl.lit("</v></c>"))
    elif dtype == pl.Date:
        days = (column.cast(pl.Int32) + 25_569).cast(pl.String)  # days since 30 December 1899
        shown = pl.concat_str(pl.lit('<c s="2"><v>'), days, pl.lit("</v></c>"))
    else:
        plain = column.cast(pl.String).str.slice(0, LONGEST_CELL).str.replace_all(_ILLEGAL, "")
        safe = plain.str.replace_many({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
        before, after = _text("\0").split("\0")
        shown = pl.concat_str(pl.lit(before), safe, pl.lit(after))
    return pl.when(column.is_null()).then(empty).otherwise(shown)


def _text(words: str, style: str = "") -> str:
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{words}</t></is></c>'


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
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
        '</fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="3"><xf/><xf fontId="1" applyFont="1"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>",
    }
