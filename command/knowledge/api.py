"""Solved problems over JSON: search, read, complete, retire, and say whether one helped."""

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from command.incidents import standing, visibility
from command.incidents.api import Name, Strict, Words
from command.knowledge import finding, service, views, visible
from command.knowledge.views import LikeOut, ProblemOut, WholeOut
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from playbooks.schema import Kind

api = APIBlueprint("knowledge_api", __name__, url_prefix="/api/v1/knowledge", tag="Knowledge")

Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class SearchIn(Strict):
    """`q` words in either language, `retired=1` lists the retired ones too. With `q` the best come first, up to `limit`; without it the
    newest, read on with `after`."""

    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    kind: Kind | None = None
    service: Name | None = None
    tag: Tag | None = None
    retired: Literal["0", "1"] = "0"
    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class WordsIn(Strict):
    """All words of the new version; what is left out is empty. A title in one language at least."""

    title_zh: Title = ""
    title_en: Title = ""
    symptoms_zh: Words = ""
    symptoms_en: Words = ""
    cause_zh: Words = ""
    cause_en: Words = ""
    solution_zh: Words = ""
    solution_en: Words = ""
    tags: Annotated[list[Tag], Field(max_length=service.CHANGES)] = []


class ReasonIn(Strict):
    reason: Words = ""


class JudgeIn(Strict):
    """Whether it helped with an incident."""

    incident: Name
    helped: bool


class LikeIn(Strict):
    """The incident to which solved problems are looked for."""

    incident: Name


class ProblemsOut(BaseModel):
    items: list[ProblemOut]
    next: int | None


class LikesOut(BaseModel):
    items: list[LikeOut]
    next: None = None


@api.get("")
@api.input(SearchIn, location="query")
@api.output(ProblemsOut)
@access("read")
def problems(query_data: SearchIn) -> Any:
    """Solved problems. Those of restricted incidents are listed for whoever may know of these."""
    wanted = query_data
    asked = finding.Wanted(
        words=wanted.q,
        kind=wanted.kind.value if wanted.kind else None,
        service=wanted.service,
        tag=wanted.tag,
        retired=wanted.retired == "1",
        after=wanted.after,
        limit=wanted.limit + 1,
    )
    with here().database.read() as session:
        found = finding.search(session, asked, principal())
        page = found[: wanted.limit]
        items = [views.problem_out(session, each, language()) for each in page]
    more = len(found) > len(page) and not wanted.q
    return ProblemsOut(items=items, next=page[-1][0].id if more else None)


@api.get("/like")
@api.input(LikeIn, location="query")
@api.output(LikesOut)
@access("read")
def like(query_data: LikeIn) -> Any:
    """The three solved problems most like an incident."""
    with here().database.read() as session:
        return LikesOut(items=offered_for(session, query_data.incident, principal()))


def offered_for(session: Session, number: str, who: Principal) -> list[LikeOut]:
    """The solved problems like an incident that `who` may know of; raise NotFound."""
    incident = visibility.seen_by(session, standing.find(session, number), who)
    found = finding.like(session, finding.picture(session, incident), who, without=incident.id)
    return views.likes(session, found, language())


@api.get("/<int:problem_id>")
@api.output(WholeOut)
@access("read")
def problem(problem_id: int) -> Any:
    """A solved problem with every version of its words."""
    with here().database.read() as session:
        return views.whole(session, visible.find(session, problem_id, principal()), language())


def changed(problem_id: int, verb: Any) -> WholeOut:
    """Do something to a locked solved problem and answer with what became of it."""
    who, tongue = principal(), language()

    def work(session: Session) -> WholeOut:
        found = visible.find(session, problem_id, who, locked=True)
        verb(session, found, who)
        session.flush()
        return views.whole(session, found, tongue)

    return unit(work)


def words(body: WordsIn) -> service.Words:
    """The words that a body holds."""
    return service.Words(**body.model_dump() | {"tags": tuple(body.tags)})


@api.post("/<int:problem_id>/actions/edit")
@api.input(WordsIn)
@api.output(WholeOut)
@access("review")
def edit(problem_id: int, json_data: WordsIn) -> Any:
    """Write a new version of the words."""
    return changed(problem_id, lambda session, found, who: service.edit(session, found, words(json_data), who))


@api.post("/<int:problem_id>/actions/retire")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("review")
def retire(problem_id: int, json_data: ReasonIn) -> Any:
    """Offer it no more, with a reason."""
    return changed(problem_id, lambda session, found, who: service.retire(session, found, json_data.reason, who))


@api.post("/<int:problem_id>/actions/reinstate")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("review")
def reinstate(problem_id: int, json_data: ReasonIn) -> Any:
    """Offer a retired one again."""
    return changed(problem_id, lambda session, found, who: service.reinstate(session, found, who))


@api.post("/<int:problem_id>/actions/judge")
@api.input(JudgeIn)
@api.output(WholeOut)
@access("edit_task")
def judge(problem_id: int, json_data: JudgeIn) -> Any:
    """Say whether it helped with an incident, or did not fit."""

    def verb(session: Session, found: Any, who: Principal) -> None:
        judged(session, found, json_data.incident, json_data.helped, who)

    return changed(problem_id, verb)


def judged(session: Session, found: Any, number: str, helped: bool, who: Principal) -> None:
    """Take a person's word on a solved problem for an incident they may know of; raise NotFound."""
    incident = visibility.seen_by(session, standing.find(session, number), who)
    service.judge(session, found, incident, helped, who)
