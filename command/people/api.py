"""People and tokens over JSON."""

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.keys import Keyring
from command.core.log import mask
from command.people import service, tokens
from command.people.access import Principal, access, here, principal, require, unit
from command.people.models import ApiToken, Person

api = APIBlueprint("people_api", __name__, url_prefix="/api/v1", tag="People")

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]
SourceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class Strict(BaseModel):
    """An input: a field nobody knows is an error, not a guess."""

    model_config = ConfigDict(extra="forbid")


class Paging(Strict):
    """Lists are read on from the `next` of the page before."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class PersonOut(BaseModel):
    """A person; the number is masked."""

    id: int
    username: str
    name_zh: str
    name_en: str
    posts: list[str]
    department: str | None
    area: str | None
    language: str
    number: str | None
    active: bool


class PeopleOut(BaseModel):
    items: list[PersonOut]
    next: int | None


class MeOut(BaseModel):
    """Who asks, and with what rights."""

    id: int
    username: str
    posts: list[str]
    area: str | None
    language: str
    scopes: list[str] | None
    source: str | None


class TokenIn(Strict):
    """A new token: of oneself, or with `source` of a machine (needs manage_tokens)."""

    name: Line
    scopes: Annotated[list[Line], Field(min_length=1, max_length=50)]
    expires_in_days: Annotated[int, Field(ge=1, le=tokens.LONGEST_DAYS)] = 90
    source: SourceName | None = None


class TokenOut(BaseModel):
    """A token without its text."""

    id: int
    name: str
    scopes: list[str]
    source: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class NewTokenOut(TokenOut):
    """A token with its text, which is shown this once."""

    token: str


class TokensOut(BaseModel):
    items: list[TokenOut]
    next: int | None


class UnmaskIn(Strict):
    """Why the whole number is needed; kept, and read by auditors."""

    reason: Reason
    override: bool = False


class NumberOut(BaseModel):
    number: str


@api.get("/me")
@api.output(MeOut)
@access("read")
def me() -> Any:
    """Who asks."""
    who = principal()
    return MeOut(
        id=who.person_id,
        username=who.username,
        posts=sorted(who.posts),
        area=who.area_code,
        language=who.language,
        scopes=None if who.scopes is None else sorted(who.scopes),
        source=who.source,
    )


@api.get("/people")
@api.input(Paging, location="query")
@api.output(PeopleOut)
@access("read")
def people(query_data: Paging) -> Any:
    """Everybody, by id, with masked numbers."""
    query = select(Person).where(Person.id > query_data.after).order_by(Person.id).limit(query_data.limit + 1)
    with here().database.read() as session:
        found = [person_out(person, here().keyring) for person in session.scalars(query)]
    page = found[: query_data.limit]
    return PeopleOut(items=page, next=page[-1].id if len(found) > len(page) else None)


def person_out(person: Person, keyring: Keyring) -> PersonOut:
    """A person as others may see them."""
    return PersonOut(
        id=person.id,
        username=person.username,
        name_zh=person.name_zh,
        name_en=person.name_en,
        posts=sorted(held.post for held in person.posts),
        department=person.department,
        area=person.area_code,
        language=person.language,
        number=mask(keyring.decrypt(person.number)) if person.number else None,
        active=person.active,
    )


@api.post("/people/<int:person_id>/actions/unmask")
@api.input(UnmaskIn)
@api.output(NumberOut)
@access("unmask")
def unmask(person_id: int, json_data: UnmaskIn) -> Any:
    """The whole number of a person, for a reason, on record."""
    keyring, who = here().keyring, principal()

    def look(session: Session) -> str:
        person = service.find(session, person_id)
        return service.unmask(session, keyring, person, json_data.reason, who, override=json_data.override)

    return NumberOut(number=unit(look))


@api.get("/tokens")
@api.output(TokensOut)
@access("read")
def list_tokens() -> Any:
    """One's own tokens, newest first, without their texts."""
    with here().database.read() as session:
        found = [_token_out(token) for token in tokens.tokens_of(session, principal().person_id)]
    return TokensOut(items=found, next=None)


def _token_out(token: ApiToken) -> TokenOut:
    return TokenOut.model_validate(token, from_attributes=True)


@api.post("/tokens")
@api.input(TokenIn)
@api.output(NewTokenOut, status_code=201)
@access("read")
def create_token(json_data: TokenIn) -> Any:
    """A new token; its text is in this answer only."""
    if json_data.source is not None:
        require("manage_tokens")
    token, text = unit(lambda session: new_token(session, json_data, principal()))
    return NewTokenOut(token=text, **_token_out(token).model_dump())


def new_token(session: Session, wanted: TokenIn, who: Principal) -> tuple[ApiToken, str]:
    """The token that `who` asks for, of themselves."""
    person = service.find(session, who.person_id)
    return tokens.create_token(
        session, person, wanted.name, wanted.scopes, days=wanted.expires_in_days, source=wanted.source, by=who
    )


@api.delete("/tokens/<int:token_id>")
@api.output({}, status_code=204)
@access("read")
def revoke_token(token_id: int) -> Any:
    """End a token at once."""
    unit(lambda session: tokens.revoke_token(session, token_id, principal()))
    return ""
