"""`tocsin import sites FILE`."""

from functools import partial
from pathlib import Path

import click

from command.network.commands import FILE, opened, run
from command.sites import imports


@click.command("sites")
@FILE
def import_sites(file: Path) -> None:
    """code,name_zh,name_en,area,class,elements(;),… (docs/how-to/keep-sites-powered.md)"""
    run(file, partial(imports.sites, opened()))
