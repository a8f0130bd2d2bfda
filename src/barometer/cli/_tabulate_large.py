"""What `tabulate` does with Parquet too large for memory: read in a stream by Polars, or on a cluster by Spark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from barometer.cli._asked_design import replicate_columns
from barometer.estimation import LargeEstimates, large_estimates, large_survey
from barometer.problems import BadInput, Place, Problem

if TYPE_CHECKING:
    from barometer.cli._tabulate_options import Wanted


def large_table(data: str, wanted: Wanted) -> LargeEstimates:
    """Estimates of a Parquet file of any size. Raises BadInput: T022 where reading breaks off, T026 without Spark,
    and what `large_survey` and `large_estimates` find."""
    design = {name: getattr(wanted, name) for name in ("strata", "psu", "fpc", "nest", "lonely", "lonely_domains")}
    options: dict[str, Any] = {"by": wanted.by, "df": wanted.df, "level": wanted.level, "deff": wanted.deff or "none"}
    kind, top = wanted.stat, wanted.var
    bottom: tuple[str, ...] = ()
    if kind == "prop":
        kind, options["ci"] = "proportion", wanted.ci or "logit"
    elif kind == "ratio":
        top, bottom = wanted.pairs()
    with _opened(data, wanted.engine, wanted.master) as (frame, columns), _readable(data):
        replicates = replicate_columns(columns, wanted)
        survey = large_survey(frame, weights=str(wanted.weights), replicates=replicates, **design)
        return large_estimates(survey, kind, top, denominator=bottom, **options)


@contextmanager
def _opened(data: str, engine: str, master: str) -> Iterator[tuple[Any, Sequence[str]]]:
    """A Parquet file, or a folder of them, as the engine's lazy frame. Raises BadInput T022 and T026."""
    if engine == "streaming":
        with _readable(data):
            native = pl.scan_parquet(Path(data) / "**" / "*.parquet" if Path(data).is_dir() else data)
            columns = native.collect_schema().names()
        yield native, columns
        return
    with _session(master) as session, _readable(data):
        native = session.read.parquet(data)
        yield native, native.columns


@contextmanager
def _session(master: str) -> Iterator[Any]:
    """A Spark session: the one there is, or one for as long as it is needed. Raises BadInput T026."""
    try:
        import pyarrow  # noqa: F401
        from pyspark.sql import SparkSession
    except ModuleNotFoundError as error:
        raise _absent(f"no package '{error.name}'", "Install it: pip install 'barometer[spark]'.") from error
    there = SparkSession.getActiveSession()
    if there is not None:
        yield there
        return
    home = os.environ.get("JAVA_HOME")
    if not shutil.which(str(Path(home, "bin", "java")) if home else "java"):
        raise _absent("no Java", "Install Java 17 or newer (Debian: default-jre-headless), or set JAVA_HOME.")
    builder = SparkSession.builder.appName("barometer tabulate").master(master)
    builder = builder.config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "ERROR")
    if master.startswith("local"):  # nobody else needs to reach it
        builder = builder.config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
    try:
        session = builder.getOrCreate()
    except _errors_of_engines() as error:
        raise _absent(_first_line(error), f"Check the address '{master}' and that the cluster runs.") from error
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def _readable(path: str) -> Iterator[None]:
    """Turns what the engines say of unreadable files into T022."""
    try:
        yield
    except _errors_of_engines() as error:
        problem = Problem(
            "T022",
            Place(path),
            _first_line(error),
            "a Parquet file, or a folder of them, that every machine of the engine can read",
            "Check the path, or write the file anew as Parquet.",
        )
        raise BadInput((problem,)) from error


def _errors_of_engines() -> tuple[type[Exception], ...]:
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
    except ModuleNotFoundError:
        return (OSError, pl.exceptions.PolarsError)
    return (OSError, pl.exceptions.PolarsError, PySparkException, Py4JError)


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _absent(found: str, way_out: str) -> BadInput:
    expected = "Spark with a cluster that answers"
    return BadInput(
        (Problem("T026", Place(), found, expected, f"{way_out} On one machine --engine streaming will do."),)
    )
