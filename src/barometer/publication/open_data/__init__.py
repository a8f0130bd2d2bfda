"""Open data: tables of a release in the formats that statisticians' tools read.

Doors: `cubes(release, edition) -> tables`, `select(cube, selection) -> cube`, a writer for each format,
`open_data_files(release, edition) -> files` for all of them, and the checks `check_identities` and `check_jsonstat`.
`read_jsonstat` gives a table back from the files of a release.
`write_ddi` and `workbook` also serve exports of answers, which are made elsewhere.
"""

from barometer.publication.open_data._codebook import write_codebook
from barometer.publication.open_data._crosstab import Labels, Output, crosstab, write_crosstab_csv, write_crosstab_xlsx
from barometer.publication.open_data._csv import write_csv, write_csvw, write_parquet
from barometer.publication.open_data._cube import (
    INDICATOR,
    MEASURE,
    PERIOD,
    UNAVAILABLE,
    Category,
    DataCube,
    Dimension,
    pivot,
    say,
    select,
    wide,
)
from barometer.publication.open_data._ddi import CodebookValue, CodebookVariable, Study, write_ddi
from barometer.publication.open_data._files import check_open_data, open_data_files
from barometer.publication.open_data._identities import check_files, check_identities
from barometer.publication.open_data._jsonstat import check_jsonstat, dataset, write_collection, write_jsonstat
from barometer.publication.open_data._make import SHARE_DECIMALS, cubes, published
from barometer.publication.open_data._px import plain_number, read_px, symbol, write_px
from barometer.publication.open_data._read import read_jsonstat
from barometer.publication.open_data._sdmx import sdmx_id, time_period, write_sdmx_csv, write_sdmx_structure
from barometer.publication.open_data._workbook import Sheet, workbook
from barometer.publication.open_data._xlsx import write_release_xlsx, write_xlsx

__all__ = [
    "INDICATOR",
    "MEASURE",
    "PERIOD",
    "SHARE_DECIMALS",
    "UNAVAILABLE",
    "Category",
    "CodebookValue",
    "CodebookVariable",
    "DataCube",
    "Dimension",
    "Labels",
    "Output",
    "Sheet",
    "Study",
    "check_files",
    "check_identities",
    "check_jsonstat",
    "check_open_data",
    "crosstab",
    "cubes",
    "dataset",
    "open_data_files",
    "pivot",
    "plain_number",
    "published",
    "read_jsonstat",
    "read_px",
    "say",
    "sdmx_id",
    "select",
    "symbol",
    "time_period",
    "wide",
    "workbook",
    "write_codebook",
    "write_collection",
    "write_crosstab_csv",
    "write_crosstab_xlsx",
    "write_csv",
    "write_csvw",
    "write_ddi",
    "write_jsonstat",
    "write_parquet",
    "write_px",
    "write_release_xlsx",
    "write_sdmx_csv",
    "write_sdmx_structure",
    "write_xlsx",
]
