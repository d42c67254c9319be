"""Scenarios over JSON: which there are, one of them with its versions, checking a text and keeping it."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from command.drills.scenarios import checking, library, sayings, writing
from command.drills.scenarios.library import Version
from command.people.access import access, here, principal, unit
from playbooks.nodes import MAX_BYTES
from playbooks.scenario import Mode, Scenario, Subject
from playbooks.schema import Kind
from playbooks.tasks import Department

api = APIBlueprint("scenarios_api", __name__, url_prefix="/api/v1", tag="Drill scenarios")


class TextIn(BaseModel):
    """A scenario as YAML."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: str = Field(min_length=1, max_length=MAX_BYTES)


class KeepIn(TextIn):
    """`follows` is the `id` of the version the text was made from; empty for a scenario that is new."""

    follows: str = Field(default="", max_length=64)


class WordsOut(BaseModel):
    zh: str
    en: str


class VersionOut(BaseModel):
    """`id` is the beginning of the digest. `made_at` is null while no drill has used a file; `made_by` is null for a file."""

    id: str
    digest: str
    version: int
    shipped: bool
    made_by: int | None
    made_at: datetime | None


class ScenarioOut(BaseModel):
    code: str
    subject: Subject
    kind: Kind
    modes: list[Mode]
    name: WordsOut
    goal: WordsOut
    duration_minutes: int
    departments: list[Department]
    injects: int
    newest: VersionOut


class ScenariosOut(BaseModel):
    items: list[ScenarioOut]
    next: None = None


class WholeOut(ScenarioOut):
    """`scenario` is the whole content as JSON; its injects and the guides of its evaluators are left out where `hidden` is true."""

    versions: list[VersionOut]
    hidden: bool
    scenario: dict[str, Any]


class WrongOut(BaseModel):
    """`level`: an error keeps the scenario from being held, a warning wants care. `line` counts from 1; `source` is that line."""

    level: str
    line: int
    field: str
    message: str
    remedy: str
    source: str


class CheckOut(BaseModel):
    """`sound`: it has no error and would be kept."""

    sound: bool
    code: str | None
    injects: int
    found: list[WrongOut]


@api.get("/drill-scenarios")
@api.output(ScenariosOut)
@access("read")
def listed() -> Any:
    """Every scenario in its newest version."""
    with here().database.read() as session:
        return ScenariosOut(items=[_scenario(each[0]) for each in library.catalogue(session)])


@api.get("/drill-scenarios/<code>")
@api.output(WholeOut)
@access("read")
def one(code: str) -> Any:
    """One scenario in its newest version, and its versions."""
    with here().database.read() as session:
        known = library.versions(session, code)
        hidden = library.hides(session, code, principal())
    head = _scenario(known[0]).model_dump()
    content = shown(known[0].scenario, hidden)
    return WholeOut(**head, versions=[_version(each) for each in known], hidden=hidden, scenario=content)


@api.post("/drill-scenarios/check")
@api.input(TextIn, arg_name="given")
@api.output(CheckOut)
@access("run_drill")
def check(given: TextIn) -> Any:
    """What is wrong with a text, line by line; nothing is kept."""
    with here().database.read() as session:
        examined = checking.examine(session, given.text)
    scenario = examined.scenario
    return CheckOut(
        sound=scenario is not None and not examined.errors,
        code=scenario.code if scenario else None,
        injects=len(scenario.injects) if scenario else 0,
        found=[_wrong(each) for each in examined.wrong],
    )


@api.post("/drill-scenarios")
@api.input(KeepIn, arg_name="given")
@api.output(VersionOut, status_code=201)
@access("run_drill")
def keep(given: KeepIn) -> Any:
    """Keep a text as the next version of its scenario. Refused while it has errors, and where somebody kept another version meanwhile."""
    who = principal()

    def work(session: Session) -> VersionOut:
        return _version(writing.keep(session, given.text, given.follows, who))

    return unit(work)


def shown(scenario: Scenario, hidden: bool) -> dict[str, Any]:
    """The content as JSON; without what players must not read where it is hidden."""
    content = scenario.model_dump(mode="json")
    if hidden:
        content["injects"] = []
        content["opening"] = None
        for objective in content["objectives"]:
            objective.pop("guide")
    return content


def _scenario(version: Version) -> ScenarioOut:
    held = version.scenario
    return ScenarioOut(
        code=held.code,
        subject=held.subject,
        kind=held.kind,
        modes=list(held.modes),
        name=WordsOut(**held.name.model_dump()),
        goal=WordsOut(**held.goal.model_dump()),
        duration_minutes=held.duration_minutes,
        departments=list(held.departments),
        injects=len(held.injects),
        newest=_version(version),
    )


def _version(one: Version) -> VersionOut:
    return VersionOut(
        id=one.id,
        digest=one.digest,
        version=one.scenario.version,
        shipped=one.shipped,
        made_by=one.made_by,
        made_at=one.made_at,
    )


def _wrong(each: checking.Wrong) -> WrongOut:
    return WrongOut(
        level=each.level,
        line=each.line,
        field=each.field,
        message=sayings.message(each),
        remedy=sayings.remedy(each),
        source=each.source,
    )
