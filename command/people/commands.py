"""`tocsin admin create` and `tocsin token create`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import schema, settings
from command.core.installation import Installation
from command.core.keys import KeyringError
from command.core.problems import N_, NotFound, Problem
from command.people import break_glass, passwords, service, tokens
from command.people.authority import Post
from command.people.models import Person
from command.people.roster import PersonCard

T = TypeVar("T")


@contextmanager
def _installation() -> Iterator[Installation]:
    """This installation, at the right revision; what is wrong is said in one line."""
    try:
        given = click.get_current_context().find_object(settings.Settings) or settings.read()
        schema.require_current(given.url)
        found = Installation.open(given)
        try:
            yield found
        finally:
            found.database.close()
    except (Problem, KeyringError, settings.SettingsError, schema.SchemaError) as problem:
        raise click.ClickException(str(problem)) from problem


def _write(found: Installation, work: Callable[[Session], T]) -> T:
    return found.database.write(work, actor="system:command-line")


@click.group()
def admin() -> None:
    """Administrators."""


@admin.command("create")
@click.argument("username")
@click.option("--name-zh", prompt="Name in Chinese", help="The name that Chinese pages show.")
@click.option("--name-en", prompt="Name in English", help="The name that English pages show.")
@click.option("--area", default="00", show_default=True, help="Code of the area they belong to.")
@click.option("--number", prompt="Phone number (+86…)", help="In international form; kept encrypted.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for unless given.")
def create_admin(
    username: str, name_zh: str, name_en: str, area: str, number: str, language: str, password: str
) -> None:
    """Create an administrator; `tocsin import people` brings everybody else."""
    card = _card(username, {"zh": name_zh, "en": name_en}, area, number, language)
    with _installation() as found:
        fresh = passwords.hashed(password, username)
        _write(found, lambda session: service.create_person(session, found.keyring, card, password_hash=fresh).id)
    click.echo(f"Administrator {username} created.")


@admin.command("break-glass")
def seal_glass() -> None:
    """Print a code that lets one locked-out person in, once, on record. It replaces the one sealed before."""
    with _installation() as found:
        code = _write(found, break_glass.seal)
    click.echo(code)
    click.echo(
        "Seal it in an envelope. Typed as the password it opens a session for the name beside it, once.", err=True
    )


@admin.command("password")
@click.argument("username")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for unless given.")
def set_password(username: str, password: str) -> None:
    """Give a person a (new) password; their sessions end."""
    with _installation() as found:
        fresh = passwords.hashed(password, username)
        _write(found, lambda session: service.set_password(session, _named(session, username), fresh))
    click.echo(f"{username} has a new password.")


def _named(session: Session, username: str) -> Person:
    found = session.scalar(select(Person).where(Person.username == username))
    if found is None:
        raise NotFound(N_("There is no person %(username)s."), remedy=N_("Check the spelling."), username=username)
    return found


def _card(username: str, name: dict[str, str], area: str, number: str, language: str) -> PersonCard:
    try:
        return PersonCard.model_validate(
            {
                "username": username,
                "name": name,
                "posts": (Post.ADMINISTRATOR,),
                "area": area,
                "number": number,
                "language": language,
            }
        )
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_url=False))
        raise click.ClickException("\n".join(lines)) from error


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.option("--person", required=True, help="Username of whom it belongs to, or who answers for the source.")
@click.option("--name", required=True, help="What it is for.")
@click.option("--scope", "scopes", multiple=True, help="An act such as read, or *; repeat for more.")
@click.option("--source", default=None, help="Name of a machine source; then the scope is alarms.write.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, tokens.LONGEST_DAYS))
def create_token(person: str, name: str, scopes: tuple[str, ...], source: str | None, days: int) -> None:
    """Create a token and print it, once."""
    wanted = scopes or (("alarms.write",) if source else ("read",))

    def work(session: Session) -> str:
        return tokens.create_token(session, _named(session, person), name, wanted, days=days, source=source)[1]

    with _installation() as found:
        text = _write(found, work)
    click.echo(text)
    click.echo("Keep it safe: it is not shown again.", err=True)
