"""The authority table over JSON: in force, its versions, the draft, and what it says of a case."""

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import AwareDatetime, Field
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.authority import drafts, simulation, views
from command.authority.painting import dead_ends
from command.authority.simulation import Asked
from command.authority.views import AnswerOut, TableOut, VersionOut
from command.core import clock
from command.core.problems import N_, Invalid
from command.incidents.api import Name, Strict, Words
from command.network.models import Area
from command.people import authority_versions as versions
from command.people.access import access, here, in_force, principal, unit
from command.people.authority import Act, Row, Tier
from command.people.authority_versions import AuthorityVersion
from command.people.language import language

api = APIBlueprint("authority_api", __name__, url_prefix="/api/v1/authority", tag="Authority")

Revision = Annotated[int, Field(ge=1, le=2**31 - 1)]
MOST_ROWS = 2000


class DraftIn(Strict):
    """What a draft begins from: the table in force (nothing given), an older `version` (0: the file), or `rows` of your own."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    rows: Annotated[list[Row], Field(max_length=MOST_ROWS)] | None = None


class PutIn(Strict):
    """A rule for its tiers and levels, put on the draft as it was seen (`revision`)."""

    revision: Revision
    rule: Row


class PublishIn(Strict):
    """The draft as it was seen, and why. The only administrator types the phrase of the refusal into `confirm`."""

    revision: Revision
    reason: Words
    confirm: Annotated[str, Field(max_length=64)] = ""


class CaseIn(Strict):
    """A case: who may do `act` at `tier` in `area` (code or name) at `at` (left out: now)? For a notice to `audience` people; `own`: their
    own work. `on`: the table in force, the draft, or both."""

    act: Act
    tier: Tier
    area: Name
    at: AwareDatetime | None = None
    audience: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    own: bool = False
    on: Literal["in_force", "draft", "both"] = "in_force"


class VersionsOut(Strict):
    items: list[VersionOut]


class AnswersOut(Strict):
    """What each table says; `draft` is null where none was asked for or none is open."""

    in_force: AnswerOut | None
    draft: AnswerOut | None


@api.get("")
@api.output(TableOut)
@access("read")
def table() -> Any:
    """The table in force, with its thin places."""
    with here().database.read() as session:
        return views.in_force(session, language())


@api.get("/versions")
@api.output(VersionsOut)
@access("read")
def listed() -> Any:
    """Every version, the newest first; the file is version 0 and not among them."""
    with here().database.read() as session:
        return VersionsOut(items=[views.version_out(session, row, language()) for row in drafts.history(session)])


@api.get("/versions/<int:version_id>")
@api.output(TableOut)
@access("read")
def one(version_id: int) -> Any:
    """A version with its rows and what it changed."""
    with here().database.read() as session:
        return views.table_out(session, drafts.version(session, version_id), language())


@api.post("/draft")
@api.input(DraftIn)
@api.output(TableOut, status_code=201)
@access("manage_authority")
def begin(json_data: DraftIn) -> Any:
    """Begin a draft; there is one at a time."""
    body, tongue = json_data, language()

    def work(session: Session) -> TableOut:
        return views.table_out(session, _begun(session, body), tongue)

    return unit(work)


def _begun(session: Session, body: DraftIn) -> AuthorityVersion:
    if body.rows is not None:
        if holes := dead_ends(body.rows):
            raise Invalid(
                N_("The table has holes: %(cases)s."),
                field="rows",
                remedy=N_("Let exactly one row rule each case, with somebody who can act."),
                cases="; ".join(holes[:5]) + (f"; +{len(holes) - 5}" if len(holes) > 5 else ""),
            )
        return drafts.begin(session, principal(), body.rows, source="file")
    if body.version is not None:
        return drafts.begin(session, principal(), source="version", of=body.version)
    return drafts.begin(session, principal())


@api.get("/draft")
@api.output(TableOut)
@access("read")
def draft() -> Any:
    """The draft, with what it changes."""
    with here().database.read() as session:
        return views.table_out(session, drafts.required(session), language())


@api.post("/draft/actions/put")
@api.input(PutIn)
@api.output(TableOut)
@access("manage_authority")
def put(json_data: PutIn) -> Any:
    """Put a rule on some tiers and levels of its act; the rest of the act stays as it is."""
    body, tongue = json_data, language()
    return unit(
        lambda session: views.table_out(session, drafts.put(session, body.rule, body.revision, principal()), tongue)
    )


@api.post("/draft/actions/publish")
@api.input(PublishIn)
@api.output(VersionOut)
@access("manage_authority")
def publish(json_data: PublishIn) -> Any:
    """Put the draft in force, in every process within a second."""
    return published(json_data)


def published(body: PublishIn) -> VersionOut:
    """Publish, and let this process know at once."""
    who, tongue = principal(), language()

    def work(session: Session) -> VersionOut:
        made = drafts.publish(session, body.revision, body.reason, who, confirm=body.confirm)
        return views.version_out(session, made, tongue)

    done = unit(work)
    in_force().forget()
    return done


@api.delete("/draft")
@api.output({}, status_code=204)
@access("manage_authority")
def drop() -> Any:
    """Give the draft up."""
    unit(lambda session: drafts.drop(session, principal()))
    return ""


@api.post("/simulate")
@api.input(CaseIn)
@api.output(AnswersOut)
@access("read")
def simulate(json_data: CaseIn) -> Any:
    """Who may do it, in words and with the people it means. Nothing is done."""
    with here().database.read() as session:
        return answers(session, json_data)


def answers(session: Session, case: CaseIn) -> AnswersOut:
    """What the tables asked for say of a case."""
    at: datetime = case.at or clock.now(session)
    asked = Asked(case.act, case.tier, area(session, case.area), at, case.audience, case.own)
    found: dict[str, AnswerOut | None] = {"in_force": None, "draft": None}
    if case.on != "draft":
        newest = versions.newest(session)
        found["in_force"] = _answer(session, asked, newest)
    if case.on != "in_force" and (row := drafts.draft(session)) is not None:
        found["draft"] = _answer(session, asked, row.id)
    return AnswersOut(**found)


def _answer(session: Session, asked: Asked, version: int | None) -> AnswerOut:
    return views.answer_out(
        simulation.simulate(session, versions.of(session, version), asked), version or 0, language()
    )


def area(session: Session, given: str) -> Area:
    """The area of a code, or the one of a name; raise Invalid (field `area`)."""
    query = select(Area).where(or_(Area.code == given, Area.name_zh == given, Area.name_en == given))
    found = session.scalars(query.order_by((Area.code != given), Area.id).limit(2)).all()
    if not found or (len(found) > 1 and found[0].code != given):
        raise Invalid(
            N_("There is no area %(code)s.") if not found else N_("Several areas are called %(code)s."),
            field="area",
            remedy=N_("Use the code of an imported area, such as that of the county or prefecture concerned."),
            code=given,
        )
    return found[0]
