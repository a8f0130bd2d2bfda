"""The `barometer` command: parses, calls one function of the pipeline, prints.

Verbs come in the order of the work. Imports of the rooms wait until a command needs them, so that help is instant.
"""

import os
import sys
from collections.abc import Sequence

import click

from barometer.cli import (
    _analyse,
    _audit,
    _collect,
    _demo,
    _field,
    _inspect,
    _plan,
    _preview,
    _propose,
    _protect,
    _research,
    _retention,
    _show,
    _tabulate,
    _web,
    _work,
)
from barometer.problems import BadInput, exit_code

# The matrices of a survey are small: a second thread of the linear algebra costs more than it brings, many times
# more on a busy machine. Whoever knows better sets the variable.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


class _InOrder(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="barometer")
@click.option(
    "--workspace",
    type=click.Path(file_okay=False),
    default=".",
    envvar="BAROMETER_WORKSPACE",
    help="Where build/ and releases/ lie (default: here).",
)
@click.pass_context
def command(ctx: click.Context, workspace: str) -> None:
    """Run a public-sector innovation barometer, from register to release.

    EDITION is the path of an edition folder, or the name of one in editions/. The verbs follow the work: each
    continues with what the ones before it left in build/, and 'run' does every step that is stale.

    \b
    Examples:
      barometer new my-edition          start an edition from a commented example
      barometer check my-edition        list everything that is wrong in it
      barometer run denmark-2014        sample, answers, weights, estimates, protection, site
      barometer explain F003            what a problem code means and how to mend it
    """
    ctx.obj = workspace


for one in (
    *_plan.COMMANDS,
    *_preview.COMMANDS,
    *_work.COMMANDS,
    *_protect.COMMANDS,
    *_work.LAST,
    *_propose.COMMANDS,
    *_inspect.COMMANDS,
    *_audit.COMMANDS,
    *_show.COMMANDS,
    *_tabulate.COMMANDS,
    *_analyse.COMMANDS,
    *_field.COMMANDS,
    *_collect.COMMANDS,
    *_research.COMMANDS,
    *_retention.COMMANDS,
    *_web.COMMANDS,
    *_demo.COMMANDS,
):
    command.add_command(one)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: bad input is told in full, without a traceback, and ends with its family's exit code."""
    try:
        code = command.main(args=arguments, prog_name="barometer", standalone_mode=False)
    except BadInput as bad:
        _inspect.print_problems(bad.problems)
        sys.exit(exit_code(bad.problems))
    except click.ClickException as misuse:
        misuse.show()
        sys.exit(misuse.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    if code:
        sys.exit(code)
