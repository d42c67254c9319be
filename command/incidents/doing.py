"""The actions of the incident page, done from what somebody typed into a form: the same inputs and verbs as over JSON."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from command.core import clock
from command.core.documents import Report, items
from command.core.problems import N_, Invalid
from command.incidents import actions_api as inputs
from command.incidents import command_roles, house, notifying, objectives, observing, service, standing, views
from command.incidents.models import Incident
from command.incidents.notice_api import TextsIn
from command.incidents.room_api import ObjectiveIn, RoleIn
from command.notices import service as notices
from command.notices.models import Kind
from command.people.access import Principal

Form = Mapping[str, str]
Verb = Callable[[Session, Incident, Principal, Form], object]
Model = TypeVar("Model", bound=BaseModel)


def perform(session: Session, number: str, who: Principal, action: str, form: Form) -> None:
    """Do an action to an incident, locked here; raise Problem or lifecycle.Forbidden."""
    if action == "merge":
        body = read(inputs.MergeIn, form, "into", "reason", "override")
        child, into = service.lock_both(session, number, body.into)
        service.seen_by(session, child, who)
        service.merge(session, child, into, who, body.reason, override=body.override)
        return
    incident = service.seen_by(session, service.lock(session, number), who)
    VERBS[action](session, incident, who, form)


def read(model: type[Model], form: Form, *names: str, **values: Any) -> Model:
    """The input that a form gives; raise Report with every wrong field."""
    given = {name: form[name] for name in names if form.get(name, "") != ""}
    try:
        return model.model_validate(given | values)
    except ValidationError as error:
        found = items(error.errors(include_url=False))
        first = found[0]
        raise Report(
            422, "invalid", first.detail, first.remedy, items=found, field=first.field, **first.values
        ) from error


def moment(session: Session, form: Form, name: str) -> datetime | None:
    """A time from a form, which is on the operator's wall clock; raise Invalid."""
    typed = form.get(name, "")
    if not typed:
        return None
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise Invalid(N_("This is not a time."), field=name, remedy=N_("Choose day and time.")) from None
    return at if at.tzinfo else at.replace(tzinfo=house.settings(session).tz)


def _act(form: Form) -> inputs.Act:
    return read(inputs.Act, form, "reason", "override")


def _assess(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = _act(form)
    service.assess(session, incident, who, body.reason, override=body.override)


def _activate(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = _act(form)
    service.activate(session, incident, who, override=body.override, reason=body.reason)


def _regrade(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = read(inputs.RegradeIn, form, "tier", "reason", "override")
    service.change_tier(session, incident, body.tier, body.reason, who, override=body.override)


def _restore(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = read(inputs.RestoreIn, form, "evidence", "override")
    service.restore(session, incident, who, body.evidence, override=body.override)


def _reopen(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = _act(form)
    service.reopen(session, incident, who, body.reason, override=body.override)


def _cancel(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = _act(form)
    service.cancel(session, incident, who, body.reason, override=body.override)


def _close(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = _act(form)
    service.close(session, incident, who, override=body.override, reason=body.reason)


def _review(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    """Parts that stand as they were are not written again."""
    named: dict[str, Any] = {}
    if "root_cause" in form:
        named = {"root_cause": form["root_cause"], "cause_code": form.get("cause_code", "")}
        named["third_party"] = "third_party" in form
    body = read(inputs.ReviewIn, form, *REVIEW, "override", **named)
    kept = {part: views.note_text(session, getattr(incident, column)) for part, column in REVIEW.items()}
    parts = {part: text for part in REVIEW if (text := getattr(body, part)) != (kept[part] or "")}
    service.review(session, incident, who, override=body.override, from_what=body.from_what(incident), **parts)


REVIEW = {"cause": "cause_note_id", "effect": "effect_note_id", "improvements": "improvement_note_id"}


def _transfer(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = read(inputs.TransferIn, form, "to", "role", "briefing", "override")
    to = inputs.person_named(session, body.to)
    service.transfer(session, incident, to, body.briefing, who, role=body.role, override=body.override)


def _accept(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    command_roles.accept(session, incident, who, read(RoleIn, form, "role").role)


def _take(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    command_roles.volunteer(session, incident, read(RoleIn, form, "role").role, who)


def _eta(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    """So many minutes from now, a time, or not known any more."""
    minutes = {"30": 30, "60": 60, "120": 120}.get(form.get("in", ""))
    at = clock.now(session) + timedelta(minutes=minutes) if minutes else moment(session, form, "eta")
    if at is None and form.get("in") != "unknown":
        raise Invalid(
            N_("No time is given."), field="eta", remedy=N_("Choose a time, or say that it is not known any more.")
        )
    body = read(inputs.EtaIn, form, "reason", eta=at)
    service.set_eta(session, incident, body.eta, who, body.reason)


def _facts(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    names = ("feedback", "measures", "summary", "records_leaked", "complaints")
    typed = {"occurred_at": moment(session, form, "occurred_at"), "scope_known": "scope_known" in form}
    body = read(inputs.FactsIn, form, *names, **typed)
    if not body.model_dump(exclude_defaults=True):
        raise Invalid(N_("No fact is given."), field="summary", remedy=N_("Write at least one of them."))
    service.add_facts(session, incident, inputs.given_facts(body), who)


def _locate(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = read(inputs.LocateIn, form, "fault_class", "reason")
    service.locate(session, incident, who, fault_class=body.fault_class, note=body.reason)


def _impact(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    """By users, or by a share in percent."""
    given: dict[str, Any] = {"services": form.getlist("services")} if isinstance(form, MultiDict) else {}
    if form.get("percent", "").strip():
        given["share"] = _percent(form["percent"])
    body = read(inputs.ImpactIn, form, "area", "users", "kind", "reason", **given)
    inputs.declare(session, incident, who, body)


def _percent(typed: str) -> float:
    try:
        part = float(typed.strip().removesuffix("%").strip().replace(",", "."))
    except ValueError:
        part = -1.0
    if not 0 <= part <= 100:
        raise Invalid(N_("This is no share."), field="percent", remedy=N_("Write a number from 0 to 100, in percent."))
    return part / 100


def _watch(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    body = read(inputs.WatchIn, form, "minutes", "reason", "override")
    observing.watch(session, incident, body.minutes, body.reason, who, override=body.override)


def _objective(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    objectives.add(session, incident, read(ObjectiveIn, form, text=form.get("text", "")).text, who)


def _notice(session: Session, incident: Incident, who: Principal, form: Form) -> None:
    """Draft what is due next and submit it. Texts left as the plan has them keep the plan's terms."""
    standing.authorise(session, incident, who, "submit_notice")
    kind = Kind.UPDATE if notifying.has_first(session, incident) else Kind.FIRST
    texts = read(TextsIn, form, "zh", "en").model_dump()
    plain = texts == dict(notifying.planned(session, incident, kind))
    notice = notifying.draft(session, incident, kind, who.actor, texts=None if plain else texts)
    notices.carried(session, notice)
    notifying.submit(session, incident, notice, who.actor)


VERBS: Mapping[str, Verb] = {
    "accept": _accept,
    "take_command": _take,
    "take_role": _take,
    "assess": _assess,
    "activate": _activate,
    "restore": _restore,
    "review": _review,
    "close": _close,
    "eta": _eta,
    "facts": _facts,
    "locate": _locate,
    "impact": _impact,
    "watch": _watch,
    "objective": _objective,
    "transfer": _transfer,
    "notice": _notice,
    "raise": _regrade,
    "lower": _regrade,
    "reopen": _reopen,
    "cancel": _cancel,
}
