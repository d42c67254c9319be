"""`tocsin import risks FILE`."""

from functools import partial
from pathlib import Path

import click

from command.network.commands import FILE, opened, run
from command.risks import imports


@click.command("risks")
@FILE
def import_risks(file: Path) -> None:
    """code,name_zh,name_en,kind,areas,likelihood,impact,… (docs/how-to/keep-the-risk-register.md)"""
    run(file, partial(imports.risks, opened().database))
