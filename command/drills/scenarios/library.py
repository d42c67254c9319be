"""The library of scenarios: the files that ship and the versions that were kept, and which of them a drill that is planned today takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.drills import kept
from command.drills.models import AHEAD, GOING_ON, Drill, DrillParticipant, Part, ScenarioVersion
from command.people.access import Principal, may
from command.people.authority import Act, Post
from playbooks import scenario_files
from playbooks.scenario import Scenario, Subject


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a scenario. `shipped`: it is in the files now. `made_at`: it was kept then, by `made_by` where somebody wrote it on
    the page; None while no drill has used a file."""

    scenario: Scenario
    digest: str
    shipped: bool
    made_by: int | None = None
    made_at: datetime | None = None

    @property
    def id(self) -> str:
        """The digits of the digest by which it is known in addresses."""
        return self.digest[:12]


def find(session: Session, code: str) -> Scenario:
    """The newest version of a scenario; raise NotFound."""
    return versions(session, code)[0].scenario


def every(session: Session) -> list[Scenario]:
    """The newest version of each scenario, by subject and code."""
    return [each[0].scenario for each in _by_code(_all(session)).values()]


def catalogue(session: Session) -> list[list[Version]]:
    """The versions of each scenario, the newest first; scenarios by subject and code."""
    return list(_by_code(_all(session)).values())


def versions(session: Session, code: str) -> list[Version]:
    """The versions of a scenario, the newest first; raise NotFound. Of one version number what somebody wrote here stands before the
    file, and the file before what drills of earlier days kept of it."""
    found = _all(session, code)
    if not found:
        raise NotFound(
            N_("There is no scenario %(name)s."), remedy=N_("Choose one of the list of scenarios."), name=code[:64]
        )
    return found


def text_of(version: Version) -> str:
    """A version as YAML: the file itself, with its comments, where it is in one."""
    for script in _files():
        if script.digest == version.digest:
            return Path(script.file).read_text(encoding="utf-8")
    return scenario_files.written(version.scenario)


def hides(session: Session, code: str, who: Principal) -> bool:
    """Whether the injects of a scenario are kept from somebody: from those who neither lead drills nor audit them, and from the players of
    a drill of it that is announced or goes on, so that nobody plays what they have read."""
    if not (may(who, Act.RUN_DRILL) or Post.AUDITOR in who.posts):
        return True
    playing = (
        select(DrillParticipant.id)
        .join(Drill, Drill.id == DrillParticipant.drill_id)
        .join(ScenarioVersion, ScenarioVersion.id == Drill.scenario_id)
        .where(
            ScenarioVersion.code == code,
            DrillParticipant.person_id == who.person_id,
            DrillParticipant.part == Part.PLAYER,
            Drill.trainer_id != who.person_id,
            or_(Drill.state.in_(GOING_ON), and_(Drill.state.in_(AHEAD), Drill.announced)),
        )
    )
    return session.scalar(playing.limit(1)) is not None


def chosen(known: Sequence[Version], mark: str) -> Version:
    """The version of an id; raise NotFound."""
    for version in known:
        if version.id == mark:
            return version
    raise NotFound(N_("This scenario has no such version."), remedy=N_("Choose one of its versions."))


def _all(session: Session, code: str | None = None) -> list[Version]:
    rows = select(ScenarioVersion).order_by(ScenarioVersion.id)
    if code is not None:
        rows = rows.where(ScenarioVersion.code == code)
    scripts = {each.digest: each for each in _files() if code in (None, each.scenario.code)}
    found = list[Version]()
    for row in session.scalars(rows):
        here = scripts.pop(row.digest, None)
        scenario = here.scenario if here else kept.read(row.content)
        found.append(Version(scenario, row.digest, here is not None, row.made_by, row.made_at))
    found += [Version(each.scenario, each.digest, True) for each in scripts.values()]
    found.reverse()  # sorting keeps the order of what is alike, so of two kept ones the later comes first
    return sorted(found, key=lambda v: (v.scenario.version, v.made_by is not None, v.shipped), reverse=True)


def _by_code(found: Sequence[Version]) -> dict[str, list[Version]]:
    subjects = list(Subject)
    grouped: dict[str, list[Version]] = {}
    for version in sorted(found, key=lambda v: (subjects.index(v.scenario.subject), v.scenario.code)):
        grouped.setdefault(version.scenario.code, []).append(version)
    return grouped


@cache
def _files() -> tuple[scenario_files.Script, ...]:
    """The scenarios that ship, read once a process."""
    return scenario_files.shipped()
