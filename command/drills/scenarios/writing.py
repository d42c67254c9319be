"""Keeping a scenario that somebody wrote: always as the next version, so that drills held and planned keep the one they have."""

from sqlalchemy.orm import Session

from command.core import journal
from command.core.documents import Item, Report
from command.core.installation import count_up
from command.core.problems import N_, Conflict, NotFound
from command.drills import kept
from command.drills.scenarios import checking, entries, library, sayings
from command.drills.scenarios.library import Version
from command.people.access import Principal
from playbooks.scenario import Scenario, digest


class Unsound(Report):
    """The text cannot be held as it is; `examined` says why, line by line."""

    def __init__(self, examined: checking.Examined) -> None:
        wrong = examined.errors
        super().__init__(
            422,
            "unsound-scenario",
            N_("The scenario has errors: %(count)s, the first in line %(line)s."),
            N_("Mend what the check names, and keep it again."),
            items=[
                Item(f"text:{each.line}", "unsound", sayings.message(each), sayings.remedy(each), {}) for each in wrong
            ],
            field="text",
            count=len(wrong),
            line=wrong[0].line,
        )
        self.examined = examined


def keep(session: Session, text: str, follows: str, who: Principal) -> Version:
    """Keep a text as the next version of its scenario, whatever version it names.

    `follows` is the id of the version it was made from, empty for a new scenario. Raise Unsound, or Conflict where somebody kept another
    version meanwhile, where a new scenario has the code of an old one, or where nothing was changed.
    """
    examined = checking.examine(session, text)
    if examined.scenario is None or examined.errors:
        raise Unsound(examined)
    scenario = examined.scenario
    count_up(session, f"scenario/{scenario.code}")  # locks: two who keep at once come one after the other
    before = _before(session, scenario.code)
    _must_follow(before, follows, scenario)
    number = before.scenario.version + 1 if before else scenario.version
    made = scenario.model_copy(update={"version": number})
    row = kept.keep(session, made, who.person_id)
    said = entries.Kept(
        code=made.code,
        version=number,
        digest=row.digest,
        injects=len(made.injects),
        follows=before.digest if before else None,
    )
    journal.record(session, entries.stream(made.code), said)
    return Version(made, row.digest, False, row.made_by, row.made_at)


def _before(session: Session, code: str) -> Version | None:
    try:
        return library.versions(session, code)[0]
    except NotFound:
        return None


def _must_follow(before: Version | None, follows: str, scenario: Scenario) -> None:
    if before is None:
        return
    if not follows:
        raise Conflict(
            N_("There is a scenario %(name)s already, in version %(version)s."),
            field="text",
            remedy=N_("Give this one another code, or open that one and change it."),
            name=scenario.code,
            version=before.scenario.version,
        )
    if follows != before.id:
        raise Conflict(
            N_("Version %(version)s of %(name)s was kept meanwhile."),
            field="text",
            remedy=N_("Look at it first. To keep yours after it all the same, keep it again."),
            name=scenario.code,
            version=before.scenario.version,
        )
    if digest(scenario.model_copy(update={"version": before.scenario.version})) == before.digest:
        raise Conflict(
            N_("Nothing was changed: this is version %(version)s."),
            field="text",
            remedy=N_("Change something, or leave it as it is."),
            version=before.scenario.version,
        )
