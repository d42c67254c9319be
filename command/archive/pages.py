"""The archive's pages: search, the file of one case, a copy as CSV, and the filters that people keep."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from command.archive import casefile, copies, filters, rows, saved, search, words
from command.archive.filters import NAMES
from command.boards.words import WORDS
from command.core import finding
from command.core.documents import document
from command.core.problems import Problem
from command.incidents import standing, visibility
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from command.people.posts import DEPARTMENTS

pages = Blueprint("archive", __name__)

SHOWN = 25
"""Cases on one page."""


@pages.app_template_filter("span")
def span(lasted: timedelta) -> str:
    """A length of time in the reader's words, to the minute; days where there are any."""
    minutes = round(lasted.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    if days:
        return str(gettext("%(days)d d %(hours)d h", days=days, hours=rest // 60))
    return str(gettext("%(hours)d h %(minutes)d min", hours=rest // 60, minutes=rest % 60))


@pages.get("/archive", endpoint="search")
@access("read")
def searched() -> ResponseReturnValue:
    """Search cases. Without parameters the archive opens with the person's own standard filter, if they keep one."""
    who = principal()
    if not request.args:
        with here().database.read() as session:
            standard = saved.standard(session, who)
        if standard is not None and standard.query:
            return redirect(f"{url_for('archive.search')}?{standard.query}")
    typed = request.args.get("text", "")
    if filters.without_numbers(typed) != typed:  # no phone number stays in an address (I10)
        return redirect(f"{url_for('archive.search')}?{filters.masked(request.args)}")
    return _result(who)


def _result(who: Principal, problem: Problem | None = None) -> ResponseReturnValue:
    """The page with what was typed; where the filter cannot be used, with what is wrong in place of cases."""
    shown: dict[str, Any] = {"asked": None, "cases": [], "total": 0, "next": None}
    with here().database.read() as session:
        try:
            shown |= _found(session, who)
        except Problem as error:
            problem = problem or error
        shown["areas"], shown["services"], shown["people"] = search.choices(session)
        shown |= {"kept": saved.listed(session, who), "department": saved.department(session, who)}
    page = render_template(
        "archive/search.html",
        given={name: request.values.get(name, "") for name in (*NAMES, "sort")},
        problem=document(problem, "") if problem else None,
        tiers=WORDS["tier"],
        kinds=WORDS["kind"],
        states=WORDS["state"],
        departments=DEPARTMENTS,
        sorts=words.SORTS,
        labels=words.LABELS,
        **shown,
    )
    return page, problem.status if problem else 200


def _found(session: Session, who: Principal) -> dict[str, Any]:
    asked = filters.read(request.values)
    wanted = search.looked_up(session, filters.resolve(asked, here().settings.tz))
    found = search.page(session, wanted, who, after=request.values.get("after"), limit=SHOWN)
    return {
        "asked": asked,
        "cases": rows.rows(session, found.cases, finding.words(asked.text or "")),
        "total": search.count(session, wanted, who),
        "next": found.next,
    }


@pages.get("/archive/<number>", endpoint="case")
@access("read")
def case(number: str) -> ResponseReturnValue:
    """The complete file of one case, made to be printed."""
    who = principal()
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), who)
        found = casefile.assemble(session, incident, who, language())
    return render_template(
        "archive/case.html",
        file=found,
        case=found.full,
        number=number,
        words=WORDS,
        fates=words.FATES,
        times=words.TIMES,
        departments=DEPARTMENTS,
    )


@pages.post("/archive/export", endpoint="export")
@access("export")
def exported() -> ResponseReturnValue:
    """The cases of a filter as CSV. That it was taken is in the audit stream before the first line leaves."""
    who = principal()
    try:
        copy = copies.begin(filters.resolve(filters.read(request.form), here().settings.tz), who)
    except Problem as problem:
        return _result(who, problem)
    answer = Response(stream_with_context(copies.stream(copy)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{copy.file_name}"'
    answer.headers["X-Total-Count"] = str(copy.mark.cases)
    return answer


@pages.post("/archive/filters", endpoint="save")
@access("read")
def save() -> ResponseReturnValue:
    """Keep the filter of the form under a name."""
    who, form = principal(), request.form
    try:
        asked = filters.read(form)
        filters.resolve(asked, here().settings.tz)
        unit(
            lambda session: (
                saved.save(
                    session, who, form.get("name", ""), asked, shared="share" in form, opens="standard" in form
                ).id
            )
        )
    except Problem as problem:
        return _result(who, problem)
    return redirect(f"{url_for('archive.search')}?{asked.query(sort=asked.sort)}", 303)


@pages.post("/archive/filters/<int:filter_id>", endpoint="change")
@access("read")
def change(filter_id: int) -> ResponseReturnValue:
    """Delete a filter of one's own (`act=delete`), let the archive open with it (`act=standard`), or no longer (`act=plain`)."""
    who, act = principal(), request.form.get("act")
    if act == "delete":
        unit(lambda session: saved.forget(session, who, filter_id))
    elif act == "standard":
        unit(lambda session: saved.open_with(session, who, filter_id))
    else:
        unit(lambda session: saved.open_with(session, who, None))
    return redirect(f"{url_for('archive.search')}?sort=newest", 303)
