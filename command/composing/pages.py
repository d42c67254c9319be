"""Pages of notices: those under way and past, and one being watched, with what may be done to it. All work without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.composing import choosing, reckoning, views, words
from command.core.documents import document
from command.core.log import mask, masked_words
from command.core.marks import of_exercise
from command.core.problems import N_, NotFound, Problem
from command.core.spans import spell
from command.incidents import hold_api, notice_acts, notice_api
from command.incidents.hold_api import HoldIn, ThroughIn
from command.incidents.models import Incident
from command.messages import failures, holds
from command.messages.models import Delivery
from command.notices.drafting import texts_of
from command.notices.forecast import Forecast
from command.notices.models import Notice, NoticeState
from command.notices.service import correction_of
from command.people.access import access, here, principal, require
from command.people.language import language
from command.resources.forms import given, valid

pages = Blueprint("notices", __name__)
NEEDS = {
    "submit": "submit_notice",
    "approve": "approve_notice",
    "reject": "approve_notice",
    "withdraw": "withdraw_notice",
    "recall": "correct_notice",
    "hold": holds.ACT,
    "go-on": holds.ACT,
}
"""What each button needs."""
SAMPLE = 10
BEFORE = (NoticeState.SUBMITTED, NoticeState.APPROVED)
"""States in which nothing has left yet."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A notice as its page shows it. `corrections` are those of it that have been submitted, `correction` is the one that is ready."""

    notice: Notice
    texts: dict[str, str]
    correction: dict[str, str] | None
    progress: views.Progress
    sample: list[tuple[str, str]]
    people: dict[str, str]
    selection: dict[str, list[str]]
    approving: bool
    expected: Forecast | None
    corrections: list[tuple[int, str]]


@pages.get("/notices", endpoint="listed")
@access("read")
def listed() -> Any:
    """Notices under way and past, the youngest first; `?exercise=1`: those of exercises."""
    drills = request.args.get("exercise") == "1"
    of_exercise(drills)
    args = {name: request.args.get(name, "")[:64] for name in ("state", "kind", "incident")}
    after = request.args.get("after", type=int)
    with here().database.read() as session:
        asked = {**args, "after": after if after and 0 < after < 2**62 else None}
        rows = list(session.scalars(views.query(principal(), session, exercise=drills, given=asked)))
        shown = [(notice, views.progress(session, notice)) for notice in rows[: views.PAGE]]
        session.expunge_all()
    more = rows[views.PAGE - 1].id if len(rows) > views.PAGE else None
    return render_template(
        "notices/list.html",
        shown=shown,
        args=args,
        more=more,
        drills=drills,
        words=words,
        states=_options(words.STATES),
        kinds=_options(words.KINDS),
    )


@pages.get("/notices/part/advisories")
@access("read")
def advisories() -> Any:
    """The advisories of warnings under way, for the command board: its own card knows notices of incidents alone."""
    drills = request.args.get("exercise", "") not in ("", "0", "false")
    with here().database.read() as session:
        shown = [(each, views.progress(session, each)) for each in views.advisories(session, exercise=drills)]
        session.expunge_all()
    return render_template("notices/advisories.html", shown=shown, words=words)


def _options(named: Mapping[str, str]) -> list[tuple[str, str]]:
    """A list to choose from."""
    return [(value, gettext(word)) for value, word in named.items()]


@pages.get("/notices/<int:notice_id>", endpoint="watch")
@access("read")
def watch(notice_id: int) -> Any:
    """One notice: its text, whom it goes to, who let it leave, how it stands, and what may be done to it."""
    return _watched(notice_id)


@pages.get("/notices/<int:notice_id>/progress", endpoint="progress")
@access("read")
def progress(notice_id: int) -> Any:
    """How it stands, for the page to look at again."""
    with here().database.read() as session:
        notice = notice_acts.read(session, notice_id, principal())
        of_exercise(notice.exercise)
        shown, expected = views.progress(session, notice), _expected(session, notice)
        session.expunge(notice)
    return render_template(
        "notices/progress.html",
        notice=notice,
        progress=shown,
        expected=expected,
        spell=spell,
        words=words,
        failures=failures,
    )


def _expected(session: Session, notice: Notice) -> Forecast | None:
    """What it would come to, until it leaves: then its pace tells more."""
    return reckoning.expected_of(session, notice) if notice.state in BEFORE else None


@pages.post("/notices/<int:notice_id>/<verb>")
@access("read")
def do(notice_id: int, verb: str) -> Any:
    """Do what a form of the page asks for; a refusal keeps what was typed."""
    if verb not in NEEDS:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the notice and use its buttons."))
    require(NEEDS[verb])
    try:
        if NEEDS[verb] == holds.ACT:
            _hold(notice_id, verb)
        else:
            notice_acts.act(notice_id, _verb(verb))
    except NotFound:
        raise
    except Problem as refused:
        return _watched(notice_id, refused, verb), refused.status
    return redirect(f"/notices/{notice_id}", 303)


def _hold(notice_id: int, verb: str) -> None:
    """Hold mass messages, this one among them; or let this one through."""
    who = principal()
    with here().database.read() as session:
        exercise = notice_acts.found(session, notice_id, who).exercise
        avoid = sorted(holds.now(session).get(exercise, holds.NOTHING).avoid)
    typed = {"reason": "", **given(request.form, "reason", "override")}
    if verb == "hold":
        minutes = given(request.form, "minutes")
        asked = {**typed, **minutes, "mass": True, "avoid": avoid, "exercise": exercise}
        hold_api.set_hold(valid(HoldIn, asked), who)
    else:
        hold_api.pass_one(valid(ThroughIn, {**typed, "notice": notice_id}), who)


def _verb(verb: str) -> notice_acts.Verb:
    reason = request.form.get("reason", "").strip()[:2000]
    if verb == "approve":
        typed = valid(notice_api.ApproveIn, given(request.form, "count"))
        return notice_acts.approving(typed.count, reason, bool(reason))
    if verb == "submit":
        return notice_acts.submitting(reason, bool(reason))
    if verb == "reject":
        return notice_acts.rejecting(reason)
    override = request.form.get("override") == "1"
    if verb == "withdraw":
        return notice_acts.withdrawing(reason, override)
    return notice_acts.correcting(reason, override)


def _watched(notice_id: int, refused: Problem | None = None, doing: str = "") -> str:
    with here().database.read() as session:
        seen = _look(session, notice_acts.read(session, notice_id, principal()))
        session.expunge_all()
    of_exercise(seen.notice.exercise)
    return render_template(
        "notices/notice.html",
        seen=seen,
        doing=doing,
        given=request.form,
        spell=spell,
        words=words,
        failures=failures,
        problem=document(refused, "") if refused else None,
    )


def _look(session: Session, notice: Notice) -> Seen:
    who = principal()
    incident = session.get(Incident, notice.incident_id)
    correction = correction_of(session, notice)
    keyring = here().keyring
    some = select(Delivery.number, Delivery.state).where(Delivery.notice_id == notice.id, Delivery.number.is_not(None))
    sample = session.execute(some.order_by(Delivery.addressee).limit(SAMPLE)).tuples()
    return Seen(
        notice,
        _masked(texts_of(session, notice)),
        _masked(texts_of(session, correction)) if correction else None,
        views.progress(session, notice),
        [(mask(keyring.decrypt(number)), state) for number, state in sample if number is not None],
        views.called(session, (notice.created_by, notice.submitted_by, notice.approved_by), language()),
        choosing.said(session, notice.selection or {}, language()),
        incident is not None and notice_acts.may_approve_now(session, incident, notice, who),
        _expected(session, notice),
        _corrections(session, notice),
    )


def _corrections(session: Session, notice: Notice) -> list[tuple[int, str]]:
    """Id and state of each correction that was submitted, the first one first."""
    submitted = (Notice.corrects_id == notice.id) & (Notice.state != NoticeState.DRAFT)
    return list(session.execute(select(Notice.id, Notice.state).where(submitted).order_by(Notice.id)).tuples())


def _masked(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: masked_words(text) for language, text in texts.items()}
