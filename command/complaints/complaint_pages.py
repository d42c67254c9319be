"""The list of complaints, taking one, one with its four steps, and a file of them."""

import csv
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from command.complaints import charts, complaint_api, feed, figures, intake, reading, rules, service, surges, words
from command.complaints.complaint_api import ComplaintIn, StepIn
from command.complaints.desk_pages import colleagues
from command.complaints.models import CHANNELS, CLASSES, SATISFIED, Case
from command.complaints.reading import Asked
from command.complaints.rules import REACHES, STEPS
from command.core import clock, marks
from command.core.documents import document, validated
from command.core.log import masked_words
from command.core.problems import N_, Invalid, Problem
from command.network.models import Service
from command.people.access import access, here, principal, unit
from command.people.language import language

pages = Blueprint("complaints", __name__)
SHOWN, MOST_ROWS, MOST_BYTES = 50, 1000, 2 * 1024 * 1024
"""Complaints of a page of the list; rows and bytes of a file that is imported while somebody waits."""
DAYS = 30


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: rows kept, and the bad ones with line, field, reason and remedy, `rest` of them not shown; all of them
    stand in the CSV file behind the address `errors`."""

    name: str
    kept: int
    bad: Sequence[Mapping[str, str]]
    rest: int
    errors: str


@pages.get("/complaints")
@access("take_case")
def listed() -> Any:
    """Complaints with filters, the rate of the last day, the figures, and what waits for a decision."""
    return list_page()


def list_page(problem: Problem | None = None, imported: Imported | None = None) -> str:
    """The list, with what became of a file that was sent, or what was wrong with it."""
    who, asked = principal(), _asked()
    with here().database.read() as session:
        now = clock.now(session)
        query, after = reading.query(session, asked, who), request.args.get("after", "")
        if after.isascii() and after.isdigit() and len(after) < 19:
            query = query.where(Case.id < int(after))
        rows = session.scalars(query.order_by(Case.id.desc()).limit(SHOWN + 1)).all()
        shown: dict[str, Any] = {
            "found": reading.shown(session, here().keyring, rows[:SHOWN], who, language()),
            "next": rows[SHOWN - 1].id if len(rows) > SHOWN else None,
            "figures": figures.between(session, now - timedelta(days=DAYS), now),
            "waits": reading.waits(session),
            "surges": len(surges.waiting(session)),
            "chart": charts.drawn(charts.past(session)),
            "areas": intake.areas(session),
        }
    marks.of_exercise(asked.exercise)
    kept = {name: value for name, value in asdict(asked).items() if value}
    return render_template(
        "complaints/list.html",
        asked=asked,
        more=urlencode({name: 1 if value is True else value for name, value in kept.items()}),
        imported=imported,
        problem=document(problem, "") if problem else None,
        days=DAYS,
        **_words(),
        **shown,
    )


def _asked() -> Asked:
    given = request.args
    plain: dict[str, Any] = {
        name: given.get(name, "")[:64] for name in ("state", "kind", "service_class", "channel", "area", "step")
    }
    flags: dict[str, Any] = {name: given.get(name) == "1" for name in ("late", "mine", "exercise")}
    return Asked(**plain, **flags, words=given.get("words", "")[:64])


def _words() -> dict[str, Any]:
    kinds = {kind.code: getattr(kind.name, language()) for kind in rules.current().kinds}
    return {
        "words": words,
        "kinds": kinds,
        "channels": CHANNELS,
        "classes": CLASSES,
        "reaches": REACHES,
        "steps": STEPS,
        "satisfied": SATISFIED,
    }


@pages.get("/complaints/take")
@access("take_case")
def form() -> Any:
    """Where an agent takes a complaint of any channel."""
    return _form()


def _form(problem: Problem | None = None) -> str:
    with here().database.read() as session:
        areas = intake.areas(session)
        services = session.scalars(select(Service).order_by(Service.bit)).all()
    return render_template(
        "complaints/form.html",
        areas=areas,
        services=services,
        given=request.form,
        key=request.form.get("reference") or secrets.token_hex(8),
        problem=document(problem, "") if problem else None,
        **_words(),
    )


@pages.post("/complaints/take")
@access("take_case")
def take() -> Any:
    """Take it; whoever does is its first-contact owner. A form sent twice is one complaint."""
    names = ("channel", "kind", "text", "number", "reach", "service", "area", "tariff_plan", "language", "reference")
    values: dict[str, Any] = {name: request.form.get(name, "") for name in names}
    severity = request.form.get("severity", "")
    try:
        wanted = {**values, "severity": int(severity) if severity in ("1", "2", "3", "4") else 0, "source": "page"}
        given = complaint_api.complaint_of(validated(ComplaintIn, wanted))
        reference = unit(lambda session: _own(session, given))
    except Problem as problem:
        return _form(problem), problem.status
    return redirect(f"/complaints/{reference}", 303)


def _own(session: Session, given: intake.Complaint) -> str:
    (taken,) = intake.take_all(session, here(), [given], principal(), own=True)
    return taken.case.reference


@pages.get("/complaints/<reference>")
@access("take_case")
def one(reference: str) -> Any:
    """One complaint with its four steps."""
    return _one(reference)


def _one(reference: str, problem: Problem | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        case = service.find(session, reference, who)
        (found,) = reading.shown(session, here().keyring, [case], who, language())
        marks.of_exercise(found.exercise)
        others = [person for person in colleagues(session) if person.id != case.owner_id]
    return render_template(
        "complaints/one.html",
        found=found,
        others=others,
        mine=found.owner in (who.username, None) or bool(who.posts & service.OVERSEERS),
        given=request.form,
        problem=document(problem, "") if problem else None,
        **_words(),
    )


@pages.post("/complaints/<reference>/steps/<step>")
@access("take_case")
def act(reference: str, step: str) -> Any:
    """Do a step; a refusal keeps what was typed."""
    names = ("result", "satisfied")
    values: dict[str, Any] = {name: request.form.get(name, "") for name in names}

    def work(session: Session) -> None:
        case = service.lock(session, reference, principal())
        given = validated(StepIn, {**values, "answer_by": _moment(request.form.get("answer_by", ""))})
        complaint_api.do(session, case, step, given)

    return _done(reference, work)


def _moment(typed: str) -> datetime | None:
    """A time on the operator's wall clock, as a browser sends it."""
    if not typed.strip():
        return None
    try:
        return datetime.fromisoformat(typed.strip()[:32]).replace(tzinfo=here().settings.tz)
    except ValueError:
        raise Invalid(
            N_("This is not a time."), field="answer_by", remedy=N_("Write it as 2026-11-27T18:00.")
        ) from None


@pages.post("/complaints/<reference>/hand-over")
@access("take_case")
def hand_over(reference: str) -> Any:
    """Give a complaint to another first-contact owner, with the reason (R14)."""
    to, reason = request.form.get("to", "")[:64], request.form.get("reason", "")[:4000]

    def work(session: Session) -> None:
        case = service.lock(session, reference, principal())
        service.hand_over(session, case, to, reason, principal())

    return _done(reference, work)


def _done(reference: str, work: Any) -> Any:
    try:
        unit(work)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _one(reference, problem), problem.status
    return redirect(f"/complaints/{quote(reference)}", 303)


@pages.post("/complaints/import")
@access("complaints.write")
def bring() -> Any:
    """Import a CSV file. Good rows are kept, whatever the others hold; a file that cannot be used at all is refused."""
    try:
        imported = _imported(request.files.get("file"))
    except Problem as refused:
        return list_page(refused), refused.status
    return list_page(imported=imported)


def _imported(sent: FileStorage | None) -> Imported:
    name = Path((sent.filename or "").replace("\\", "/").replace("\0", "")).name if sent else ""
    if sent is None or Path(name).suffix.lower() != ".csv":
        raise Invalid(
            N_("Choose a file whose name ends with .csv."),
            field="file",
            remedy=N_("Its first line names the columns: reference,channel,kind and others."),
        )
    body = sent.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Invalid(
            N_("%(file)s is larger than %(most)d kB."),
            field="file",
            remedy=N_("Divide it into several files, or import it with tocsin complaints import."),
            file=name,
            most=MOST_BYTES // 1024,
        )
    with TemporaryDirectory(prefix="tocsin-import-") as folder:
        path = Path(folder) / (masked_words(Path(name).stem[:40]) + ".csv")
        path.write_bytes(body)
        outcome = feed.complaints(here(), path, actor=principal().actor, most=MOST_ROWS)
        text = outcome.errors.read_text("utf-8-sig") if outcome.errors else ""
    bad = list(csv.DictReader(text.splitlines()))
    link = f"data:text/csv;charset=utf-8,{quote(chr(0xFEFF) + text)}" if bad else ""
    return Imported(path.name, outcome.kept, bad[:100], len(bad[100:]), link)
