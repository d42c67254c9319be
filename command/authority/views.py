"""The table, its versions and what a simulation answers, as JSON and pages show them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.authority import drafts, painting, saying, thin
from command.authority.simulation import SHOWN, Able, Answer, Way
from command.core import names
from command.incidents import views
from command.incidents.views import PersonOut, note_text
from command.people import authority_versions as versions
from command.people.authority import Row
from command.people.authority_versions import AuthorityVersion


class ThinOut(BaseModel):
    """A level at which nobody active, or one person alone, holds a post that could do these acts."""

    level: str
    posts: list[str]
    acts: list[str]
    tiers: list[int]
    person: PersonOut | None


class ChangeOut(BaseModel):
    """What a version changes for some tiers and levels of an act."""

    act: str
    tiers: list[int]
    levels: list[str]
    before: Row | None
    after: Row | None


class VersionOut(BaseModel):
    """A version of the table; `version` 0 is config/authority.yaml. `sole`: published by whoever wrote it, there being nobody else."""

    version: int
    state: str
    base: int
    revision: int
    made_by: PersonOut | None
    made_at: datetime
    changed_by: PersonOut | None
    changed_at: datetime
    published_by: PersonOut | None
    published_at: datetime | None
    sole: bool
    reason: str | None


class TableOut(BaseModel):
    """A table and how it stands: its thin places, and with a version what it changes against the one it began from."""

    version: int
    rows: list[Row]
    thin: list[ThinOut]
    about: VersionOut | None
    changes: list[ChangeOut]


class AbleOut(BaseModel):
    """Somebody, by which post, with the codes of the duties they hold then; `near`: of the area, or of one that contains it."""

    person: PersonOut
    post: str
    duties: list[str]
    near: bool


class WayOut(BaseModel):
    """One way: its posts, from when it is open, the first people it leads to, and how many there are."""

    posts: list[str]
    at: datetime
    people: list[AbleOut]
    count: int


class CapOut(BaseModel):
    """A plan that lets a first notice leave by itself up to a cap."""

    plan: str
    kind: str
    cap: int
    within: bool


class AnswerOut(BaseModel):
    """What a table says of a case. `words` say it whole, in the reader's language."""

    version: int
    act: str
    tier: int
    level: str
    at: datetime
    words: list[str]
    rule: Row
    alone: WayOut | None
    propose: WayOut | None
    approve: WayOut | None
    deputy: WayOut | None
    override: WayOut | None
    caps: list[CapOut]
    nobody: bool


def version_out(session: Session, row: AuthorityVersion, language: str) -> VersionOut:
    """A version without its rows."""
    return VersionOut(
        version=row.id,
        base=row.base_id or 0,
        made_by=views.person(session, row.made_by, language),
        changed_by=views.person(session, row.changed_by, language),
        published_by=views.person(session, row.published_by, language),
        reason=note_text(session, row.note_id),
        **{name: getattr(row, name) for name in ("state", "revision", "made_at", "changed_at", "published_at", "sole")},
    )


def in_force(session: Session, language: str) -> TableOut:
    """The table in force."""
    newest = versions.newest(session)
    if newest is not None:
        return table_out(session, drafts.version(session, newest), language)
    rows = versions.first().rows
    return TableOut(version=0, rows=list(rows), thin=thin_out(session, rows, language), about=None, changes=[])


def table_out(session: Session, row: AuthorityVersion, language: str) -> TableOut:
    """A version with its rows."""
    rows = versions.completed(row.rows)
    changed = painting.changes(versions.of(session, row.base_id).rows, rows)
    return TableOut(
        version=row.id,
        rows=list(rows),
        thin=thin_out(session, rows, language),
        about=version_out(session, row, language),
        changes=[changed_out(each) for each in changed],
    )


def changed_out(each: painting.Change) -> ChangeOut:
    return ChangeOut(
        act=each.act, tiers=list(each.tiers), levels=list(each.levels), before=each.before, after=each.after
    )


def thin_out(session: Session, rows: Iterable[Row], language: str) -> list[ThinOut]:
    """The thin places of a table, as people are now."""
    return [
        ThinOut(
            level=each.level,
            posts=list(each.posts),
            acts=list(each.acts),
            tiers=list(each.tiers),
            person=views.person(session, each.person_id, language),
        )
        for each in thin.found(rows, thin.workers(session))
    ]


def answer_out(answer: Answer, version: int, language: str) -> AnswerOut:
    """What a simulation found."""
    return AnswerOut(
        version=version,
        act=answer.asked.act,
        tier=answer.asked.tier,
        level=answer.level,
        at=answer.asked.at,
        words=list(saying.sentences(answer)),
        rule=answer.rule,
        alone=_way(answer.alone, language),
        propose=_way(answer.propose, language),
        approve=_way(answer.approve, language),
        deputy=_way(answer.deputy, language),
        override=_way(answer.override, language),
        caps=[
            CapOut(plan=views.said(each.title, language), kind=each.kind, cap=each.cap, within=each.within)
            for each in answer.caps
        ],
        nobody=answer.nobody,
    )


def _way(way: Way | None, language: str) -> WayOut | None:
    if way is None:
        return None
    return WayOut(posts=list(way.posts), at=way.at, people=_people(way.people, language), count=len(way.people))


def _people(found: Sequence[Able], language: str) -> list[AbleOut]:
    return [
        AbleOut(
            person=PersonOut(id=each.person.id, username=each.person.username, name=names.of(each.person, language)),
            post=each.post,
            duties=[schedule.code for schedule in each.duties],
            near=each.near,
        )
        for each in found[:SHOWN]
    ]
