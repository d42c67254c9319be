"""The playbooks over JSON: the plans, one of them with its editions, and one edition in full."""

from datetime import date, datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel

from command.library import editions
from command.library.editions import Edition
from command.people.access import access, here, principal

api = APIBlueprint("playbooks_api", __name__, url_prefix="/api/v1", tag="Playbooks")


class TextOut(BaseModel):
    zh: str
    en: str


class EditionOut(BaseModel):
    """An edition: `id` is the beginning of its digest. `validity`: valid, early, expiring (30 days or fewer) or expired."""

    id: str
    digest: str
    version: int
    in_files: bool
    current: bool
    first_used_at: datetime | None
    issued: date
    expires: date
    days_left: int
    validity: str
    approved_by: str
    approved_on: date | None
    running: list[str]


class PlanOut(BaseModel):
    code: str
    kind: str
    title: TextOut
    scope: TextOut
    owner: str
    audience_cap: int
    current: EditionOut


class PlansOut(BaseModel):
    items: list[PlanOut]
    next: None = None


class PlanWithEditionsOut(PlanOut):
    versions: list[EditionOut]


class WholeOut(BaseModel):
    """An edition and its whole content, as a plan file has it after merging."""

    edition: EditionOut
    playbook: dict[str, Any]


@api.get("/playbooks")
@api.output(PlansOut)
@access("read")
def plans() -> Any:
    """Every plan, as a response that begins today would follow it."""
    with here().database.read() as session:
        found, on = editions.everything(session, principal()), editions.today(session)
    by_code: dict[str, list[Edition]] = {}
    for edition in found:
        by_code.setdefault(edition.plan.code, []).append(edition)
    return PlansOut(items=[_plan(each, on) for each in by_code.values()])


@api.get("/playbooks/<code>")
@api.output(PlanWithEditionsOut)
@access("read")
def plan(code: str) -> Any:
    """One plan and its editions: those in the files, and those that incidents keep."""
    with here().database.read() as session:
        found, on = editions.of_plan(session, principal(), code), editions.today(session)
    versions = [_edition(each, on) for each in found]
    return PlanWithEditionsOut(**_plan(found, on).model_dump(), versions=versions)


@api.get("/playbooks/<code>/versions/<mark>")
@api.output(WholeOut)
@access("read")
def edition(code: str, mark: str) -> Any:
    """One edition in full."""
    with here().database.read() as session:
        found, on = editions.of_plan(session, principal(), code), editions.today(session)
    one = editions.chosen(found, mark)
    return WholeOut(edition=_edition(one, on), playbook=one.plan.model_dump(mode="json", by_alias=True))


def _plan(found: list[Edition], on: date) -> PlanOut:
    now = editions.current(found)
    held = now.plan
    return PlanOut(
        code=held.code,
        kind=held.kind.value,
        title=TextOut(**held.title.model_dump()),
        scope=TextOut(**held.scope.model_dump()),
        owner=held.owner.value,
        audience_cap=held.pre_approved.audience_cap,
        current=_edition(now, on),
    )


def _edition(one: Edition, on: date) -> EditionOut:
    state = editions.validity(one.plan, on)
    return EditionOut(
        id=one.id,
        digest=one.digest,
        version=one.plan.version,
        in_files=one.in_files,
        current=one.current,
        first_used_at=one.first_used_at,
        issued=one.plan.issued,
        expires=one.plan.expires,
        days_left=state.days,
        validity=state.state,
        approved_by=one.plan.approved_by,
        approved_on=one.plan.approved_on,
        running=list(one.running),
    )
