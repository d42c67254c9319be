"""The pages of phone drills: which there are, planning one, a plan and its runs compared, a run as it goes. Work without scripts."""

import csv
import io
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import Report, document, items
from command.core.problems import N_, Problem
from command.oncall.phone_drill import drill_entries, drill_log, drill_words, groups, plans, runs, shown
from command.oncall.phone_drill.drill_api import answer_own
from command.oncall.phone_drill.drill_form import DrillIn, typed
from command.oncall.phone_drill.drill_models import PhoneDrill, PhoneDrillCall
from command.people import language
from command.people.access import access, here, may, principal, unit

pages = Blueprint("drill_pages", __name__)
LISTED = 100
HEADS = (
    *(N_("Person"), N_("Username"), N_("Result"), N_("Called at")),
    *(N_("Ways"), N_("Answered at"), N_("Answered by"), N_("Seconds")),
)
"""The columns of an export."""
BLANK = {"every": "once", "by": "record", "announced": "yes", "wait_minutes": str(plans.WAIT_MINUTES)}


@pages.get("/on-call/drills")
@access("read")
def listed() -> Any:
    """Drills that are planned, going on and over, as far as whoever asks may know of them."""
    who = principal()
    with here().database.read() as session:
        rows = session.scalars(select(PhoneDrill).order_by(PhoneDrill.id.desc()).limit(LISTED)).all()
        known = [row for row in rows if plans.shown_to(session, row, who)]
        drills = [
            (row, _whom(session, row), [shown.run(session, run) for run in shown.runs_of(session, row.id, 3)])
            for row in known
        ]
    drills.sort(key=lambda each: (each[0].next_at is None, each[0].next_at or each[0].made_at))
    return render_template("oncall/drills.html", drills=drills, words=drill_words, planner=may(who, plans.ACT))


@pages.get("/on-call/drills/new")
@access("plan_drill")
def new() -> Any:
    """The form of a plan."""
    return _form({**BLANK, "zone": language.zone_name()}, ())


@pages.post("/on-call/drills/new")
@access("plan_drill")
def new_now() -> Any:
    """Keep a plan; a refusal keeps what was typed."""
    who = principal()
    try:
        given = _valid(typed(request.form))
        made = unit(lambda session: plans.plan(session, given.draft(), who).id)
    except Problem as problem:
        return _form(request.form.to_dict(), request.form.getlist("targets"), problem)
    return redirect(f"/on-call/drills/{made}", 303)


@pages.get("/on-call/drills/<int:drill_id>")
@access("read")
def one(drill_id: int) -> Any:
    """A plan, its runs, and how each person did in them."""
    return _one(drill_id)


@pages.post("/on-call/drills/<int:drill_id>/cancel")
@access("plan_drill")
def cancel(drill_id: int) -> Any:
    """Call a plan off."""
    who = principal()
    try:
        unit(lambda session: plans.cancel(session, drill_id, who))
    except Problem as problem:
        return _one(drill_id, problem)
    return redirect(f"/on-call/drills/{drill_id}", 303)


@pages.get("/on-call/drills/runs/<int:run_id>")
@access("read")
def run(run_id: int) -> Any:
    """A run: who was called when and by what, who answered after how long, who was not reached and why."""
    return _run(run_id, "oncall/drill_run.html")


@pages.get("/on-call/drills/runs/<int:run_id>/part")
@access("read")
def part(run_id: int) -> Any:
    """The part of a run's page that changes while it goes on."""
    return _run(run_id, "oncall/drill_results.html")


@pages.post("/on-call/drills/runs/<int:run_id>/stop")
@access("plan_drill")
def stop(run_id: int) -> Any:
    """Stop a run."""
    who = principal()
    return _done(run_id, lambda session: runs.stop(session, run_id, who))


@pages.post("/on-call/drills/runs/<int:run_id>/resume")
@access("plan_drill")
def resume(run_id: int) -> Any:
    """Let a paused run go on."""
    who = principal()
    return _done(run_id, lambda session: runs.resume(session, run_id, who))


@pages.post("/on-call/drills/runs/<int:run_id>/answer")
@access("read")
def answer(run_id: int) -> Any:
    """Answer one's own call."""
    who = principal()
    return _done(run_id, lambda session: answer_own(session, run_id, who, "page"))


@pages.post("/on-call/drills/runs/<int:run_id>/export")
@access("plan_drill")
def export(run_id: int) -> Any:
    """The results of a run as CSV: names and figures, no number. On record."""

    def work(session: Session) -> shown.Shown:
        found = shown.run(session, runs.find(session, run_id))
        said = drill_entries.Exported(run_id=run_id, people=len(found.lines))
        drill_entries.record(session, found.drill.id, said)
        return found

    text = table(unit(work))
    name = f"phone-drill-run-{run_id}.csv"
    return Response(
        "\ufeff" + text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def table(found: shown.Shown) -> str:
    """The results as CSV in the reader's language. A cell that a spreadsheet would compute is kept from it."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow([gettext(head) for head in HEADS])
    for line in found.lines:
        ways = "; ".join(_way(each) for each in line.sent)
        call, result = line.call, line.result
        writer.writerow(
            _plain(cell)
            for cell in (
                names.of(line.person, language.language()),
                line.person.username,
                gettext(drill_words.STANDS[line.stands]),
                call.called_at.isoformat(timespec="seconds") if call.called_at else "",
                ways,
                call.answered_at.isoformat(timespec="seconds") if call.answered_at else "",
                gettext(drill_words.VIA[call.answered_via]) if call.answered_via else "",
                f"{result.seconds:.0f}" if result.seconds is not None else "",
            )
        )
    return made.getvalue()


def _way(sent: shown.Sent) -> str:
    kind, state = gettext(drill_words.KINDS[sent.kind]), gettext(drill_words.MESSAGES[sent.state])
    said = f"{kind} {state}"
    return f"{said} ({sent.code})" if sent.code else said


def _plain(cell: str) -> str:
    return f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell


def _one(drill_id: int, problem: Problem | None = None) -> Any:
    who = principal()
    with here().database.read() as session:
        row = plans.find(session, drill_id, who)
        held = [shown.run(session, each) for each in shown.runs_of(session, row.id, 12)]
        everybody = plans.sees_people(who)
        compared = shown.compared(held) if everybody else []
        people = len(groups.people(session, row.targets))
        whom = _whom(session, row)
        log = drill_log.told(session, row.id, language.language()) if everybody else []
    return render_template(
        "oncall/drill.html",
        log=log,
        drill=row,
        whom=whom,
        people=people,
        held=held,
        columns=[f"{each.run.at.astimezone(language.zone()):%m-%d %H:%M}" for each in shown.comparable(held)],
        compared=compared,
        words=drill_words,
        planner=may(who, plans.ACT),
        problem=document(problem, "") if problem else None,
    ), problem.status if problem else 200


def _run(run_id: int, template: str, problem: Problem | None = None) -> Any:
    who = principal()
    with here().database.read() as session:
        found = shown.run(session, runs.find(session, run_id))
        mine = (PhoneDrillCall.run_id == run_id) & (PhoneDrillCall.person_id == who.person_id)
        own = session.scalar(select(PhoneDrillCall).where(mine))
        now = clock.now(session)
    everybody = plans.sees_people(who)
    return render_template(
        template,
        found=found,
        lines=[line for line in found.lines if everybody or line.person.id == who.person_id],
        everybody=everybody,
        own=own,
        left=max(timedelta(), found.run.until - now),
        words=drill_words,
        planner=may(who, plans.ACT),
        problem=document(problem, "") if problem else None,
    ), problem.status if problem else 200


def _done(run_id: int, work: Any) -> Any:
    try:
        unit(work)
    except Problem as problem:
        return _run(run_id, "oncall/drill_run.html", problem)
    return redirect(f"/on-call/drills/runs/{run_id}", 303)


def _form(given: dict[str, str], chosen: Any, problem: Problem | None = None) -> Any:
    with here().database.read() as session:
        choices = groups.choices(session, language.language(), gettext)
        starts = (
            given.get("starts")
            or f"{clock.now(session).astimezone(language.zone()) + timedelta(hours=1):%Y-%m-%dT%H:00}"
        )
    return render_template(
        "oncall/drill_form.html",
        given={**given, "starts": starts},
        chosen=set(chosen),
        choices=choices,
        every=[(each, gettext(word)) for each, word in drill_words.EVERY.items()],
        by=[(each, gettext(word)) for each, word in drill_words.BY.items()],
        longest=plans.LONGEST_WAIT,
        problem=document(problem, "") if problem else None,
    ), problem.status if problem else 200


def _whom(session: Session, row: PhoneDrill) -> list[str]:
    reading = language.language()
    return [groups.named(session, each, reading, gettext) for each in row.targets]


def _valid(values: dict[str, Any]) -> DrillIn:
    """The input that the form makes; raise the first fault at its field."""
    try:
        return DrillIn.model_validate(values)
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        field = first.field.split(".")[0]
        raise Report(422, "invalid", first.detail, first.remedy, field=field, **first.values) from error
