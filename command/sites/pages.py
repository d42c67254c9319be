"""Pages of sites: the list with what falls next, one site with its record, and the file. They work without scripts."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from command.core import clock, marks, names
from command.core.documents import document
from command.core.log import masked_words
from command.core.problems import N_, Invalid, NotFound, Problem
from command.network.models import Area
from command.people.access import access, here, may, principal, ruling, unit
from command.people.authority import permitted
from command.people.language import language, zone, zone_name
from command.resources.forms import given, instant, valid
from command.sites import api, imports, listing, register, reports, views, words
from command.sites.asked import ListIn, StateIn
from command.sites.intake import said
from command.sites.models import Site
from command.sites.reports import FIELDS

pages = Blueprint("sites", __name__)
MOST_ROWS, MOST_BYTES, SHOWN = 20_000, 8 * 1024 * 1024, 100
FILTERS = tuple(ListIn.model_fields)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: rows kept, and the bad ones with line, field, reason and remedy, `rest` of them not shown; all of them
    stand in the CSV file behind the address `errors`."""

    name: str
    kept: int
    bad: Sequence[Mapping[str, str]]
    rest: int
    errors: str


@pages.get("/sites", endpoint="listed")
@access("read")
def listed() -> Any:
    """What falls next, then all sites. `?exercise=1` shows them as drills have them."""
    return _list()


def _list(refused: Problem | None = None, imported: Imported | None = None) -> str:
    asked = {name: request.args.get(name, "") for name in FILTERS}
    try:
        filters = valid(ListIn, given(request.args, *FILTERS))
    except Problem as problem:
        filters, refused = ListIn(), problem
    with here().database.read() as session:
        try:
            found = listing.sites(session, api.wanted_of(filters))
        except Invalid as unknown:
            found, refused = (), unknown
        now, page = clock.now(session), found[: filters.limit]
        items = views.sites_out(session, page, now, principal(), language(), exercise=filters.exercise)
        ahead = views.next_out(session, now, principal(), language(), exercise=filters.exercise)
        total = session.scalar(select(func.count()).select_from(Site)) or 0
        areas = _areas(session)
    marks.of_exercise(filters.exercise)
    return render_template(
        "sites/list.html",
        sites=items,
        next=page[-1].code if len(found) > len(page) else "",
        ahead=ahead,
        total=total,
        areas=areas,
        asked=asked,
        drilled=filters.exercise,
        now=now,
        words=words,
        writing=may(principal(), "sites.write"),
        imported=imported,
        problem=document(refused, "") if refused else None,
    )


def _areas(session: Session) -> list[tuple[str, str]]:
    return [(area.code, names.of(area, language())) for area in session.scalars(select(Area).order_by(Area.code))]


@pages.post("/sites/import")
@access("sites.write")
def bring() -> Any:
    """Import a CSV file. Good rows are kept, whatever the others hold; a file that cannot be used at all is refused."""
    try:
        imported = _imported(request.files.get("file"))
    except Problem as refused:
        return _list(refused), refused.status
    return _list(imported=imported)


def _imported(sent: FileStorage | None) -> Imported:
    name = Path((sent.filename or "").replace("\\", "/").replace("\0", "")).name if sent else ""
    if sent is None or Path(name).suffix.lower() != ".csv":
        raise Invalid(
            N_("Choose a file whose name ends with .csv."),
            field="file",
            remedy=N_("The first line must name the columns %(columns)s."),
            columns=",".join((*imports.NEEDED, *imports.MAYBE)),
        )
    body = sent.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Invalid(
            N_("%(file)s is larger than %(most)d kB."),
            field="file",
            remedy=N_("Divide it into several files."),
            file=name,
            most=MOST_BYTES // 1024,
        )
    with TemporaryDirectory(prefix="tocsin-import-") as folder:
        path = Path(folder) / (masked_words(Path(name).stem[:40]) + ".csv")
        path.write_bytes(body)
        outcome = imports.sites(here(), path, actor=principal().actor, most=MOST_ROWS)
        text = outcome.errors.read_text("utf-8-sig") if outcome.errors else ""
    bad = list(csv.DictReader(text.splitlines()))
    link = f"data:text/csv;charset=utf-8,{quote(chr(0xFEFF) + text)}" if bad else ""
    return Imported(path.name, outcome.kept, bad[:SHOWN], len(bad[SHOWN:]), link)


@pages.get("/sites/<code>")
@access("read")
def one(code: str) -> Any:
    """One site: how it stands, when it falls, whom to call, and its record."""
    return _one(code)


def _one(code: str, refused: Problem | None = None, doing: str = "", number: str = "") -> str:
    exercise = request.values.get("exercise") == "1"
    found = api.shown(code, exercise=exercise)
    marks.of_exercise(exercise)
    return render_template(
        "sites/site.html",
        found=found,
        drilled=exercise,
        doing=doing,
        number=number,
        given=request.form,
        words=words,
        zone=zone_name(),
        writing=may(principal(), "sites.write"),
        unmasking=may(principal(), "unmask") and permitted(ruling(principal(), "unmask")),
        problem=document(refused, "") if refused else None,
    )


@pages.post("/sites/<code>/state")
@access("sites.write")
def report(code: str) -> Any:
    """How it stands, as somebody saw it; without a time: now. A refusal keeps what was typed."""
    exercise = request.form.get("exercise") == "1"
    try:
        fields = {"site": code} | given(request.form, *FIELDS, "words")
        at = instant(request.form, "at", zone())
        unit(lambda session: _report(session, fields, at, exercise))
    except NotFound:
        raise
    except Problem as refused:
        return _one(code, refused, "state"), refused.status
    return redirect(f"/sites/{code}" + ("?exercise=1" if exercise else ""), 303)


def _report(session: Session, fields: dict[str, Any], at: datetime | None, exercise: bool) -> None:
    site = register.find(session, str(fields["site"]))
    now = clock.now(session)
    asked = valid(StateIn, fields | {"at": at or now})
    reports.take(session, [said(asked, {site.code: site.id}, now=now)], exercise=exercise)


@pages.post("/sites/<code>/contact")
@access("unmask")
def contact(code: str) -> Any:
    """The whole number of the power company's contact, for a reason on record. It is in the answer alone."""
    try:
        number = api.number_of(code, request.form.get("reason", ""))
    except Problem as refused:
        if refused.status == 404:
            raise
        return _one(code, refused, "contact"), refused.status
    return _one(code, number=number)
