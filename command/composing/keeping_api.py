"""What is kept for the next notice, over JSON: saved audiences and lists of numbers; made, changed, removed and put back."""

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.composing import keeping, lists
from command.incidents.api import Strict
from command.notices.models import NumberList, SavedAudience
from command.notices.selecting import Selection
from command.people.access import access, here, principal, unit

api = APIBlueprint("audiences_api", __name__, url_prefix="/api/v1", tag="Notices")
Label = Annotated[str, Field(min_length=1, max_length=120)]


class AudienceIn(Strict):
    """An audience to keep."""

    name: Label
    shared: bool = False
    audience: Selection


class AudienceOut(BaseModel):
    """An audience that is kept; `own`: one may change it."""

    id: int
    name: str
    shared: bool
    own: bool
    audience: dict[str, Any]


class AudiencesOut(BaseModel):
    """One's own and those shared; `removed`: one's own that may be put back."""

    items: list[AudienceOut]
    removed: list[AudienceOut]


class ListIn(Strict):
    """A list of numbers as CSV text: the column `number`, or the first."""

    name: Label
    csv: Annotated[str, Field(min_length=1, max_length=2_000_000)]


class AudienceNameIn(Strict):
    """What a saved audience is called, and whether it is shared."""

    name: Label
    shared: bool = False


class ListNameIn(Strict):
    """What a list is called."""

    name: Label


class KeptListOut(BaseModel):
    """A list that is kept: how many subscribers' numbers it holds (`matched`), and how many were nobody's (`unknown`)."""

    id: int
    name: str
    matched: int
    unknown: int
    created_at: datetime
    removed_at: datetime | None


class ListsOut(BaseModel):
    items: list[KeptListOut]
    removed: list[KeptListOut]


class LineOut(BaseModel):
    line: int
    reason: str


class ListOut(BaseModel):
    """`matched` numbers are kept; `unknown` ones are nobody's here, and were not; `bad` lines hold none (the first are in `lines`)."""

    id: int
    name: str
    matched: int
    unknown: int
    bad: int
    lines: list[LineOut]


def shown(row: SavedAudience) -> AudienceOut:
    """A saved audience as whoever asks sees it."""
    own = row.owner_id == principal().person_id
    return AudienceOut(id=row.id, name=row.name, shared=row.shared, own=own, audience=row.selection)


@api.get("/audiences")
@api.output(AudiencesOut)
@access("submit_notice")
def listed() -> Any:
    """One's own audiences and those shared, and what may be put back."""
    with here().database.read() as session:
        items = [shown(row) for row in keeping.saved(session, principal())]
        gone = [shown(row) for row in keeping.removed(session, principal())]
    return AudiencesOut(items=items, removed=gone)


@api.post("/audiences")
@api.input(AudienceIn)
@api.output(AudienceOut, status_code=201)
@access("submit_notice")
def create(json_data: AudienceIn) -> Any:
    """Keep an audience."""
    return _saved(json_data, None)


@api.get("/audiences/<int:audience_id>")
@api.output(AudienceOut)
@access("submit_notice")
def read(audience_id: int) -> Any:
    """One audience."""
    with here().database.read() as session:
        return shown(keeping.one(session, audience_id, principal()))


@api.put("/audiences/<int:audience_id>")
@api.input(AudienceIn)
@api.output(AudienceOut)
@access("submit_notice")
def change(audience_id: int, json_data: AudienceIn) -> Any:
    """Change one's own audience."""
    return _saved(json_data, audience_id)


@api.delete("/audiences/<int:audience_id>")
@api.output({}, status_code=204)
@access("submit_notice")
def remove(audience_id: int) -> Any:
    """Remove one's own audience; for a day it may be put back."""
    who = principal()
    unit(lambda session: keeping.remove(session, audience_id, who).id)
    return ""


@api.post("/audiences/<int:audience_id>/actions/rename")
@api.input(AudienceNameIn)
@api.output(AudienceOut)
@access("submit_notice")
def rename(audience_id: int, json_data: AudienceNameIn) -> Any:
    """Call one's own audience otherwise, share it or share it no more."""
    who = principal()
    return unit(lambda session: shown(keeping.rename(session, audience_id, json_data.name, json_data.shared, who)))


@api.post("/audiences/<int:audience_id>/actions/restore")
@api.output(AudienceOut)
@access("submit_notice")
def restore(audience_id: int) -> Any:
    """Put one's own audience back that was removed within the last day."""
    who = principal()
    return unit(lambda session: shown(keeping.restore(session, audience_id, who)))


def _saved(body: AudienceIn, audience_id: int | None) -> AudienceOut:
    who = principal()

    def work(session: Session) -> AudienceOut:
        return shown(keeping.save(session, body.name, body.shared, body.audience, who, audience_id))

    return unit(work)


@api.post("/number-lists")
@api.input(ListIn)
@api.output(ListOut, status_code=201)
@access("submit_notice")
def take_list(json_data: ListIn) -> Any:
    """Bring a list of numbers in, to be told or to be spared."""
    body, who, keyring = json_data, principal(), here().keyring
    made = unit(lambda session: lists.take(session, keyring, body.name, body.csv, who.actor))
    lines = [LineOut(line=each.line, reason=each.reason) for each in made.lines]
    return ListOut(id=made.id, name=made.name, matched=made.matched, unknown=made.unknown, bad=made.bad, lines=lines)


@api.get("/number-lists")
@api.output(ListsOut)
@access("submit_notice")
def number_lists() -> Any:
    """The lists there are, and those that may be put back."""
    with here().database.read() as session:
        items = [kept_list(row) for row in lists.kept(session)]
        return ListsOut(items=items, removed=[kept_list(row) for row in lists.removed(session)])


@api.put("/number-lists/<int:list_id>")
@api.input(ListNameIn)
@api.output(KeptListOut)
@access("submit_notice")
def rename_list(list_id: int, json_data: ListNameIn) -> Any:
    """Call a list otherwise."""
    by = principal().actor
    return unit(lambda session: kept_list(lists.rename(session, list_id, json_data.name, by)))


@api.delete("/number-lists/<int:list_id>")
@api.output({}, status_code=204)
@access("submit_notice")
def remove_list(list_id: int) -> Any:
    """Remove a list that no notice under way goes by; for a day it may be put back, then its numbers are forgotten."""
    by = principal().actor
    unit(lambda session: lists.remove(session, list_id, by).id)
    return ""


@api.post("/number-lists/<int:list_id>/actions/restore")
@api.output(KeptListOut)
@access("submit_notice")
def restore_list(list_id: int) -> Any:
    """Put a list back that was removed within the last day."""
    by = principal().actor
    return unit(lambda session: kept_list(lists.restore(session, list_id, by)))


def kept_list(row: NumberList) -> KeptListOut:
    """A list as it is shown."""
    return KeptListOut.model_validate(row, from_attributes=True)
