"""The archive over JSON: the same search, the file of one case, and one's saved filters."""

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from command.archive import casefile, filters, rows, saved, search
from command.archive.filters import Filter
from command.archive.models import SavedFilter
from command.archive.rows import Row
from command.core import finding
from command.incidents import standing, views, visibility
from command.incidents.views import IncidentOut, SummaryOut
from command.people.access import access, here, principal, unit
from command.people.language import language

api = APIBlueprint("archive_api", __name__, url_prefix="/api/v1", tag="Archive")


class SearchIn(Filter):
    """A search, and where to go on: `after` is the `next` of the page before."""

    after: Annotated[str, StringConstraints(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    lang: Annotated[str, StringConstraints(max_length=16)] | None = None


class HitOut(BaseModel):
    """An excerpt of a note of the case; what was looked for stands between « and »."""

    part: str
    text: str


class CaseOut(SummaryOut):
    clocks_met: int
    clocks_breached: int
    hits: list[HitOut]


class CasesOut(BaseModel):
    """A page of cases, and how many match in all."""

    items: list[CaseOut]
    total: int
    next: str | None


class GradeOut(BaseModel):
    at: datetime
    tier: int
    current_tier: int
    projected_tier: int
    by: str
    rules: list[str]
    reason: str | None


class CalledOut(BaseModel):
    at: datetime
    person: str
    target: str
    step: int
    state: str
    answered_at: datetime | None
    answered_via: str | None


class ToldOut(BaseModel):
    id: int
    kind: str
    state: str
    audience: int
    approved_by: str
    texts: dict[str, str]
    counts: dict[str, int]


class EntryOut(BaseModel):
    seq: int
    at: datetime
    actor: str
    kind: str
    text: str


class SealOut(BaseModel):
    """The journal of the case: whether it verifies, its length, the hash at its head."""

    verified: bool
    entries: int
    head_hash: str
    fault: str | None


class CaseFileOut(BaseModel):
    incident: IncidentOut
    grades: list[GradeOut]
    pages: list[CalledOut]
    notices: list[ToldOut]
    timeline: list[EntryOut]
    merged: list[str]
    journal: SealOut


class FilterIn(BaseModel):
    """A filter to keep: its name and the query of an address, such as `tier=1&kind=network_fault`."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=saved.LONGEST)]
    filter: Filter
    share: bool = False
    standard: bool = False


class FilterOut(BaseModel):
    id: int
    name: str
    query: str
    own: bool
    shared_with: str | None
    standard: bool


class FiltersOut(BaseModel):
    items: list[FilterOut]
    next: None = None


@api.get("/archive")
@api.input(SearchIn, location="query")
@api.output(CasesOut)
@access("read")
def cases(query_data: SearchIn) -> Any:
    """Search cases by number, text, area, service, person, tier, kind, state, time and exercise."""
    who, tongue = principal(), language()
    wanted = filters.resolve(query_data, here().settings.tz)
    with here().database.read() as session:
        wanted = search.looked_up(session, wanted)
        found = search.page(session, wanted, who, after=query_data.after, limit=query_data.limit)
        shown = rows.rows(session, found.cases, finding.words(query_data.text or ""))
        items = [_case(row, views.summary(session, row.case, tongue)) for row in shown]
        return CasesOut(items=items, total=search.count(session, wanted, who), next=found.next)


def _case(row: Row, summary: SummaryOut) -> CaseOut:
    hits = [
        HitOut(part=hit.part, text="".join(f"«{piece.text}»" if piece.hit else piece.text for piece in hit.pieces))
        for hit in row.hits
    ]
    met, breached = row.clocks_met, row.clocks_breached
    return CaseOut(**summary.model_dump(), clocks_met=met, clocks_breached=breached, hits=hits)


@api.get("/archive/<number>")
@api.output(CaseFileOut)
@access("read")
def case(number: str) -> Any:
    """The complete file of one case."""
    who, tongue = principal(), language()
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), who)
        file = casefile.assemble(session, incident, who, tongue)
    told = [
        ToldOut(
            **{name: getattr(each.notice, name) for name in ("id", "kind", "state", "audience")},
            approved_by=each.approved_by,
            texts=dict(each.texts),
            counts=dict(each.counts),
        )
        for each in file.notices
    ]
    return CaseFileOut(
        incident=file.full,
        grades=[GradeOut(**_fields(each, GradeOut) | {"rules": [r for r, _ in each.rules]}) for each in file.grades],
        pages=[CalledOut(**_fields(each, CalledOut)) for each in file.pages],
        notices=told,
        timeline=[
            EntryOut(**_fields(line, EntryOut, "text"), text=line.zh if tongue == "zh" else line.en)
            for line in file.timeline
        ],
        merged=list(file.children),
        journal=SealOut(
            verified=file.seal.fault is None,
            entries=file.seal.entries,
            head_hash=file.seal.head_hash,
            fault=file.seal.fault.why if file.seal.fault else None,
        ),
    )


def _fields(value: object, model: type[BaseModel], *but: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in model.model_fields if name not in but}


@api.get("/archive-filters")
@api.output(FiltersOut)
@access("read")
def kept() -> Any:
    """One's own saved filters, and those shared with one's department."""
    who = principal()
    with here().database.read() as session:
        return FiltersOut(items=[_kept(each, who.person_id) for each in saved.listed(session, who)])


@api.post("/archive-filters")
@api.input(FilterIn)
@api.output(FilterOut, status_code=201)
@access("read")
def keep(json_data: FilterIn) -> Any:
    """Keep a filter under a name; one of the same name takes its place."""
    who, body = principal(), json_data
    filters.resolve(body.filter, here().settings.tz)
    return unit(
        lambda session: _kept(
            saved.save(session, who, body.name, body.filter, shared=body.share, opens=body.standard), who.person_id
        )
    )


@api.delete("/archive-filters/<int:filter_id>")
@api.output({}, status_code=204)
@access("read")
def forget(filter_id: int) -> Any:
    """Delete a filter of one's own."""
    who = principal()
    unit(lambda session: saved.forget(session, who, filter_id))
    return ""


def _kept(found: SavedFilter, person_id: int) -> FilterOut:
    return FilterOut(
        id=found.id,
        name=found.name,
        query=found.query,
        own=found.person_id == person_id,
        shared_with=found.department,
        standard=found.standard,
    )
