"""Every file of a release's open data, checked as it is written."""

from collections.abc import Mapping
from hashlib import sha256

from barometer.disclosure import Release
from barometer.model import Edition
from barometer.problems import Problem, raise_errors
from barometer.publication.open_data._codebook import write_codebook
from barometer.publication.open_data._csv import METADATA, write_csv, write_csvw, write_parquet
from barometer.publication.open_data._cube import DataCube
from barometer.publication.open_data._dcat import Published, catalogue
from barometer.publication.open_data._identities import check_files, check_identities
from barometer.publication.open_data._jsonstat import write_collection, write_jsonstat
from barometer.publication.open_data._make import cubes
from barometer.publication.open_data._px import write_px
from barometer.publication.open_data._sdmx import write_sdmx_csv, write_sdmx_structure
from barometer.publication.open_data._xlsx import write_release_xlsx, write_xlsx

FOLDER = "open-data"
SUMS = "SHA256SUMS"


def open_data_files(release: Release, edition: Edition) -> dict[str, bytes]:
    """Path (under 'open-data/') -> content; the same release and edition give the same bytes.

    A table has 'ID.px', 'ID.parquet' and 'ID.sdmx.csv', and in a folder for each language 'ID.json' (JSON-stat),
    'ID.csv' with its metadata and 'ID.xlsx'. Beside them: all tables as one workbook and one JSON-stat collection, the
    SDMX structures, a codebook of each survey, the catalogue and checksums. Nothing where the release has no
    figures. Raises `BadInput` with P031 and P032.
    """
    tables = cubes(release, edition)
    told = [one for cube in tables for one in _of_table(cube)]
    check_open_data(release, edition, {f"{FOLDER}/{one.path}": one.content for one in told})
    if not tables:
        return {}
    told += _of_release(tables, edition)
    files = {one.path: one.content for one in told}
    for cube in tables:
        for code in cube.languages:
            name = f"{cube.id}.csv"
            files[f"{code}/{name}{METADATA}"] = write_csvw(cube, code, name)
    files |= catalogue(edition, tables, told)
    files[SUMS] = "".join(f"{sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files)).encode()
    return {f"{FOLDER}/{path}": files[path] for path in sorted(files)}


def check_open_data(release: Release, edition: Edition, files: Mapping[str, bytes]) -> None:
    """Raise `BadInput` where the figures of `release` do not fit each other (P031), or `files`, which
    `open_data_files` made or would make, do not say what the release says (P032)."""
    raise_errors(check_identities(release, edition))
    problems: list[Problem] = []
    for cube in cubes(release, edition):
        json_files = {path: files[f"{FOLDER}/{path}"] for code in cube.languages if (path := f"{code}/{cube.id}.json")}
        problems += check_files(cube, json_files, files[f"{FOLDER}/{cube.id}.px"])
    raise_errors(problems)


def _of_table(cube: DataCube) -> list[Published]:
    found = [
        Published(f"{cube.id}.px", write_px(cube), "px", "", cube),
        Published(f"{cube.id}.parquet", write_parquet(cube), "parquet", "", cube),
        Published(f"{cube.id}.sdmx.csv", write_sdmx_csv(cube), "sdmx.csv", "", cube),
    ]
    for code in cube.languages:
        found += [
            Published(f"{code}/{cube.id}.json", write_jsonstat(cube, code), "json", code, cube),
            Published(f"{code}/{cube.id}.csv", write_csv(cube, code), "csv", code, cube),
            Published(f"{code}/{cube.id}.xlsx", write_xlsx(cube, code), "xlsx", code, cube),
        ]
    return found


def _of_release(tables: tuple[DataCube, ...], edition: Edition) -> list[Published]:
    found = [Published("structure.xml", write_sdmx_structure(tables), "xml", "", None)]
    found += [
        Published(f"codebook-{survey.id}.xml", write_codebook(edition, survey), "xml", "", None)
        for survey in edition.surveys
    ]
    for code in edition.languages:
        found += [
            Published(f"{code}/{edition.id}.xlsx", write_release_xlsx(tables, code), "xlsx", code, None),
            Published(f"{code}/{edition.id}.json", write_collection(tables, code), "json", code, None),
        ]
    return found
