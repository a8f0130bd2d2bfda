"""Options that say how a survey was drawn: those of `tabulate` and `analyse`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

LONELY = ("fail", "adjust", "average", "remove", "certainty")
REPLICATES = ("JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap", "ACS", "successive-difference", "other")
PPS = ("brewer", "overton", "hartley-rao")


class _List(click.ParamType[tuple[Any, ...]]):
    """Names or numbers separated by commas."""

    name = "list"

    def __init__(self, of: type = str) -> None:
        self.of = of

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return tuple(self.of(part.strip()) for part in value.split(",") if part.strip())
        except ValueError:
            self.fail(f"'{value}' are not numbers separated by commas", param, ctx)


NAMES, NUMBERS = _List(), _List(float)


@dataclass(frozen=True)
class WantedDesign:
    """What they say."""

    weights: str | None
    strata: tuple[str, ...]
    psu: tuple[str, ...]
    fpc: tuple[str, ...]
    nest: bool
    pps: str | None
    lonely: str
    lonely_domains: bool
    calibrate: Path | None
    replicates: tuple[str, ...]
    rep_type: str
    rep_factors: bool
    rep_scale: float | None
    rep_rscales: tuple[float, ...]
    rep_rho: float
    rep_mse: bool
    rep_df: float | None


def design_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check_design_options(wanted: WantedDesign) -> None:
    """Options that do not go together."""
    if wanted.calibrate and not wanted.weights:
        raise click.UsageError("--calibrate needs the weights to start from: --weights.")


_OPTIONS = (
    click.option("--weights", help="Column of weights."),
    click.option("--strata", type=NAMES, default=(), help="Strata, one column a stage."),
    click.option("--psu", type=NAMES, default=(), help="Primary units, and later stages (default: each row)."),
    click.option("--fpc", type=NAMES, default=(), help="Population of the stratum, or fraction, one column a stage."),
    click.option("--nest", is_flag=True, help="Numbers of PSUs start anew in each stratum."),
    click.option("--pps", type=click.Choice(PPS), help="Unequal probabilities without replacement; fpc has them."),
    click.option("--lonely", type=click.Choice(LONELY), default="fail", show_default=True, help="Strata with one PSU."),
    click.option("--lonely-domains", is_flag=True, help="The rule also for strata with one PSU in a domain."),
    click.option("--calibrate", type=click.Path(path_type=Path, dir_okay=False), help="File of margins (TOML)."),
    click.option("--replicates", type=NAMES, default=(), help="Replicate weights: names, or patterns as 'rep_*'."),
    click.option("--rep-type", type=click.Choice(REPLICATES), default="bootstrap", show_default=True),
    click.option("--rep-factors", is_flag=True, help="They multiply the weights (default: weights for analysis)."),
    click.option("--rep-scale", type=float, help="What the sum of squares is multiplied by."),
    click.option("--rep-rscales", type=NUMBERS, default=(), help="One for all replicates, or one each."),
    click.option("--rep-rho", type=float, default=0.0, help="Fay's rho."),
    click.option("--rep-mse", is_flag=True, help="Centre at the estimate, not at the mean of the replicates."),
    click.option("--rep-df", type=float, help="Degrees of freedom (default: rank of the weights minus 1)."),
)
