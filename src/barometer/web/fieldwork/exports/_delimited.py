"""CSV files in which no cell is a formula, and Parquet."""

import io

import polars as pl

from barometer.web.fieldwork.spreadsheets import DANGEROUS

CHUNK = 2000
"""Rows written at a time."""


def csv(table: pl.DataFrame) -> bytes:
    """UTF-8 with byte order mark, semicolons, decimal points, empty cells where there is no value."""
    content = io.BytesIO()
    for number, piece in enumerate(table.iter_slices(CHUNK) if len(table) else [table]):
        text = harmless(piece.with_columns(pl.col(pl.Enum).cast(pl.String), pl.col(pl.Categorical).cast(pl.String)))
        first = number == 0
        text.write_csv(content, separator=";", line_terminator="\r\n", include_bom=first, include_header=first)
    return content.getvalue()


def harmless(table: pl.DataFrame) -> pl.DataFrame:
    """Texts that spreadsheet programs would run as formulas get an apostrophe in front."""
    changed = []
    for name, dtype in table.schema.items():
        if dtype == pl.String:
            column = pl.col(name)
            dangerous = pl.any_horizontal([column.str.starts_with(start) for start in DANGEROUS])
            changed.append(pl.when(dangerous).then(pl.concat_str(pl.lit("'"), column)).otherwise(column).alias(name))
    return table.with_columns(changed)


def parquet(table: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    table.write_parquet(content, compression="zstd", statistics=False)
    return content.getvalue()
