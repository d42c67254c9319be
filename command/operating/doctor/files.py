"""Whether the settings and every file of the configuration can be read, and fit each other."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel

from command.agreements import rules as agreements
from command.bulletins.recipients import Recipients
from command.capability.standard import Standard
from command.complaints import rules as complaints
from command.core.paths import CONFIG, ROOT
from command.core.problems import N_
from command.core.settings import Settings, SettingsError, read
from command.drills.programme.table import DrillTable
from command.evaluation import rules as evaluation
from command.filings.regulators import Regulators
from command.incidents.causes import CauseTable
from command.incidents.clocks import ClockTable
from command.incidents.grading import TierTable
from command.incidents.observing_rules import WatchTable
from command.incidents.words import Lexicon
from command.messages import routing
from command.messages.gateways import live
from command.messages.policy import Policy
from command.notices import plan_checks
from command.oncall.duties.holidays import HolidaysError, holidays
from command.operating.doctor.lines import AS_SAID, Line, fault, ok, warning
from command.people.authority import Authority
from command.people.departments import Structure
from command.people.posts import DEPARTMENTS, POSTS
from command.periodic.table import ReportTable
from command.retention.rules import Rule
from command.satisfaction import rules as satisfaction
from command.security import rules as security
from command.settlement import rules as settlement
from command.sites.rules import CrewRules, SiteRules
from command.training import rules as training
from command.warnings import table as warning_table
from playbooks.checks import Known, check_paths
from playbooks.findings import Level
from playbooks.loader import SHIPPED
from playbooks.source import Fault, SourceError, load

FILES: Mapping[str, type[BaseModel]] = {
    "agreements.yaml": agreements.Rules,
    "authority.yaml": Authority,
    "capability.yaml": Standard,
    "causes.yaml": CauseTable,
    "clocks.yaml": ClockTable,
    "complaints.yaml": complaints.Rules,
    "crews.yaml": CrewRules,
    "departments.yaml": Structure,
    "drills.yaml": DrillTable,
    "evaluation.yaml": evaluation.Table,
    "notices.yaml": Policy,
    "observation.yaml": WatchTable,
    "recipients.yaml": Recipients,
    "regulators.yaml": Regulators,
    "reports.yaml": ReportTable,
    "retention.yaml": Rule,
    "routes.yaml": routing.Table,
    "satisfaction.yaml": satisfaction.Rules,
    "security.yaml": security.Rules,
    "settlement.yaml": settlement.Rules,
    "sites.yaml": SiteRules,
    "tiers.yaml": TierTable,
    "training.yaml": training.Rules,
    "warnings.yaml": warning_table.Table,
    "words.yaml": Lexicon,
}
"""Every file of `config`, and what it has to be."""
MEND = N_("Mend the line named; what runs goes on with what it read when it started.")


def settings() -> tuple[Settings | None, list[Line]]:
    """The settings, and what is wrong with them: everything else but the files needs them."""
    try:
        found = read()
    except SettingsError as error:
        texts = str(error).splitlines()
        return None, [
            fault("settings", AS_SAID, N_("No process starts until it is corrected."), error=each) for each in texts
        ]
    return found, [ok("settings", N_("the settings can be read (%(env)s)"), env=found.env)]


def configuration(folder: Path = CONFIG) -> Iterator[Line]:
    """Each file of a configuration folder on its own."""
    faults = []
    for name, model in FILES.items():
        try:
            load(folder / name, model)
        except SourceError as error:
            faults += [_of(f"config/{name}", each) for each in error.faults]
    yield from faults
    if not faults:
        yield ok("configuration", N_("%(count)s files of the configuration can be read"), count=len(FILES))


def _of(what: str, each: Fault) -> Line:
    return fault(what, AS_SAID, MEND, error=str(each))


def own(given: Settings) -> Iterator[Line]:
    """The files that the settings name, and what does not fit the gateways."""
    for name, path, model in (("notices", given.notices, Policy), ("recipients", given.recipients, Recipients)):
        if path is not None:
            yield from _named(name, path, model)
    try:
        holidays(given.holidays)
    except HolidaysError as error:
        yield fault("holidays", AS_SAID, N_("Correct the file, or the setting holidays."), error=str(error))
    yield from _routes(given)
    yield from _plans(given)


def _named(name: str, path: Path, model: type[BaseModel]) -> Iterator[Line]:
    beside = ROOT / path
    try:
        load(beside if not path.is_absolute() and not path.exists() and beside.exists() else path, model)
    except SourceError as error:
        for each in error.faults:
            yield _of(name, each)
    else:
        yield ok(name, N_("%(path)s can be read"), path=path)


def _routes(given: Settings) -> Iterator[Line]:
    try:
        found = routing.faults(load(routing.FILE, routing.Table), [one.name for one in live(given)], None)
    except SourceError:
        return  # said of the file itself
    for each in found:
        yield fault("config/routes.yaml", AS_SAID, N_("Correct the rule, or set the gateway up."), error=each)


def _plans(given: Settings) -> Iterator[Line]:
    try:
        measures = plan_checks.measures(load(given.notices or CONFIG / "notices.yaml", Policy))
    except SourceError:
        return
    folders = (SHIPPED, *((given.playbooks,) if given.playbooks else ()))
    roads = [one for one in given.gateways if one.channel in ("sms", "voice")]
    known = Known(frozenset(DEPARTMENTS), frozenset(POSTS), None)
    on = datetime.now(given.tz).date()
    found = [
        each for one in folders for each in check_paths((one,), on=on, gateways=roads, known=known, measures=measures)
    ]
    wrong = [each for each in found if isinstance(each, Fault) or each.level is Level.error]
    if wrong:
        words = N_("%(count)s faults in response plans, the first: %(error)s")
        unread = any(isinstance(each, Fault) for each in wrong)
        say = (
            fault if unread or given.env == "production" else warning
        )  # a trial prints messages, and no reply comes back
        yield say("plans", words, N_("`tocsin playbooks check` names them all."), count=len(wrong), error=str(wrong[0]))
    else:
        yield ok("plans", N_("the response plans can be read and carried out"))
