"""Loading the demo operator: its records, people, rotations and made-up subscribers, and the tokens to reach it with.

Loading twice changes nothing. What makes the demo known as such is on the people: production refuses to let them in."""

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms import kinds
from command.core.installation import Installation
from command.core.paths import CONFIG
from command.demo import bad_numbers, callers, drills, history, training
from command.demo.subscribers import Parameters, Site, generate
from command.demo.tales import Past
from command.network import area_import, imports, subscriber_import
from command.network.imports import Outcome
from command.network.models import Subscriber
from command.oncall.duties import schedules
from command.people import passwords, tokens
from command.people import service as people
from command.people.models import ApiToken, Person
from command.people.roster import Roster
from command.resources import imports as resource_imports
from command.risks import imports as risk_imports
from command.sites import imports as site_imports
from playbooks import source

DEMO = CONFIG / "demo"
PASSWORD = passwords.OF_DEMO
"""Everybody's password in the demo, published on purpose."""

COMMANDER = "li.hong"
DUTY_OFFICER = "wu.tao"
SOURCE = "microwave-nms"
TOKEN_DAYS = 365

TOKEN_FILE = "demo-token"
"""In the data folder: the commander's API token."""
DRIVER_FILE = "demo-driver.json"
"""In the data folder: the tokens with which the driver plays the alarm source and the duty officer."""

Bar = Callable[[int], None]


class DemoRefused(Exception):
    """The demo cannot be loaded here; the message says why and what to do."""


def is_loaded(installation: Installation) -> bool:
    """Whether the demo was loaded into this database whole, and its tokens are still good."""
    held = _driver_tokens(installation)
    if held is None or not (installation.settings.data / TOKEN_FILE).exists():
        return False
    commander = (installation.settings.data / TOKEN_FILE).read_text().strip()
    with installation.database.read() as session:
        return all(tokens.find_by_token(session, text) is not None for text in (commander, *held.values()))


def load(installation: Installation, progress: Progress, folder: Path = DEMO) -> None:
    """Load an operator's folder, each part with its bar. Raises DemoRefused in production."""
    if not installation.settings.demo_allowed:
        raise DemoRefused("the demo is not for production: its credentials are public. Use another TOCSIN_ENV.")
    installation.settings.data.mkdir(parents=True, exist_ok=True)
    database = installation.database
    load_network(installation, progress, folder)
    _import(progress, folder / "resources.csv", partial(resource_imports.resources, database))
    _import(progress, folder / "risks.csv", partial(risk_imports.risks, database))
    _import(progress, folder / "sites.csv", partial(site_imports.sites, installation))
    database.write(lambda session: training.load(session, folder / "training.yaml"), actor="system:demo")
    database.write(lambda session: drills.load(session, folder / "drills.yaml"), actor="system:demo")
    with _subscribers_file(installation, progress, folder) as file:
        _import(progress, file, partial(subscriber_import.subscribers, database, installation.keyring))
    database.write(bad_numbers.load, actor="system:demo")
    _past(installation, progress, folder)
    _write_tokens(installation)


def _past(installation: Installation, progress: Progress, folder: Path) -> None:
    past = source.load(folder / "history.yaml", Past)
    for name, write in (
        ("two years of incidents", partial(history.load_past, installation.database)),
        ("two months of complaints", partial(callers.load_complaints, installation)),
    ):
        task = progress.add_task(name, total=None)
        write(past, lambda done, total, task=task: progress.update(task, completed=done, total=total))  # type: ignore[misc]
        progress.update(task, completed=1, total=1)


def load_network(installation: Installation, progress: Progress, folder: Path = DEMO) -> None:
    """Load the operator without its subscribers and tokens."""
    database = installation.database
    _import(progress, folder / "areas.csv", partial(area_import.areas, database))
    _import(progress, folder / "services.csv", partial(imports.services, database))
    _import(progress, folder / "elements.csv", partial(imports.elements, database))
    database.write(lambda session: kinds.load(session, folder / "problems.csv"), actor="system:demo")
    _load_people(installation, folder)


def _import(progress: Progress, file: Path, importer: Callable[[Path, Bar], Outcome]) -> None:
    task = progress.add_task(file.stem, total=file.stat().st_size)
    with _beside(file) as copy:
        outcome = importer(copy, lambda done: progress.update(task, completed=done))
    if outcome.bad:
        raise DemoRefused(f"{file} holds {outcome.bad} rows that cannot be used; restore it from the release")


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A link to the file where the import may write its errors: what the demo ships may lie where nobody can write."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / file.name
        link.symlink_to(file.absolute())
        yield link


def _load_people(installation: Installation, folder: Path) -> None:
    roster = source.load(folder / "people.yaml", Roster)
    password_hash = passwords.hashed(PASSWORD)

    def work(session: Session) -> None:
        people.load_people(session, installation.keyring, roster, password_hash=password_hash, demo=True)
        schedules.load_schedules(session, roster)

    installation.database.write(work, actor="system:demo")


@contextmanager
def _subscribers_file(installation: Installation, progress: Progress, demo: Path) -> Iterator[Path]:
    """The made-up subscribers as the file an operator would import, gone afterwards; empty of rows when they are there already."""
    parameters = Parameters.read(json.loads((demo / "subscribers.json").read_text(encoding="utf-8")))
    with installation.database.read() as session:
        last = session.scalar(select(Subscriber.id).order_by(Subscriber.id.desc()).limit(1)) or 0
    wanted = parameters.total if last < parameters.total else 0
    with tempfile.TemporaryDirectory(dir=installation.settings.data) as folder:
        file = Path(folder) / "subscribers.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(
                ("number", "language", "element", "services", "tariff_plan", "critical", "app", "reference")
            )
            task = progress.add_task("making subscribers up", total=wanted)
            for count, row in enumerate(generate(parameters, _sites(demo)) if wanted else (), 1):
                writer.writerow((*row[:3], ";".join(row.services), *row[4:]))
                if not count % 5000:
                    progress.update(task, completed=count)
            progress.update(task, completed=wanted)
        yield file


def _sites(demo: Path) -> list[Site]:
    with (demo / "elements.csv").open(encoding="utf-8", newline="") as text:
        return [
            Site(row["name"], row["kind"], tuple(filter(None, row["services"].split(";"))))
            for row in csv.DictReader(text)
        ]


def _write_tokens(installation: Installation) -> None:
    """Make the tokens anew unless those in the data folder are good; the commander's is written last: then the demo is loaded."""
    if is_loaded(installation):
        return
    made = installation.database.write(_make_tokens, actor="system:demo")
    data = installation.settings.data
    _keep(data / DRIVER_FILE, json.dumps({"alarms": made["alarms"], "duty_officer": made["duty_officer"]}))
    _keep(data / TOKEN_FILE, made["commander"] + "\n")


def _make_tokens(session: Session) -> dict[str, str]:
    def token(username: str, name: str, scope: str, source: str | None = None) -> str:
        person = session.scalars(select(Person).where(Person.username == username)).one()
        _revoke(session, person, name)
        return tokens.create_token(session, person, name, [scope], days=TOKEN_DAYS, source=source)[1]

    return {
        "commander": token(COMMANDER, "demo", "*"),
        "duty_officer": token(DUTY_OFFICER, "demo driver", "*"),
        "alarms": token(DUTY_OFFICER, "demo alarms", "alarms.write", SOURCE),
    }


def _revoke(session: Session, person: Person, name: str) -> None:
    """Of a load that was interrupted no second token stays behind."""
    for held in session.scalars(select(ApiToken).where(ApiToken.person_id == person.id, ApiToken.name == name)):
        session.delete(held)


def _keep(file: Path, text: str) -> None:
    """Write a secret that only its owner can read."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)


def driver_tokens(installation_data: Path) -> dict[str, str]:
    """The driver's tokens: alarms, duty_officer. Raises DemoRefused where there are none."""
    try:
        found: dict[str, str] = json.loads((installation_data / DRIVER_FILE).read_text())
    except (OSError, ValueError):
        raise DemoRefused(f"{installation_data / DRIVER_FILE} cannot be read: run `tocsin demo load` first") from None
    return found


def _driver_tokens(installation: Installation) -> dict[str, str] | None:
    try:
        return driver_tokens(installation.settings.data)
    except DemoRefused:
        return None
