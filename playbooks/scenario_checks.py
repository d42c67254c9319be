"""`check` of scenarios: what is sound in form but will not work when it is held, or not with the posts, plans and network here."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from playbooks.faults import Fault, SourceError, dotted
from playbooks.findings import Finding, Level
from playbooks.loader import yaml_files
from playbooks.scenario import Scenario
from playbooks.scenario_files import Script, load_scenario, read_scenarios
from playbooks.scenario_rules import Remark, error, remarks, signs, warning
from playbooks.source import nearest

RECORDED = "MW-0001"
"""An element of the packaged recording: whoever has it has them all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The names of an installation that a scenario uses."""

    elements: frozenset[str]
    services: frozenset[str]
    problems: frozenset[str]


@dataclass(frozen=True, slots=True)
class World:
    """What this operator has. `tasks` are the codes of tasks of the plan in force, by event kind. Of elements, services and problems it
    need hold no more than those that are asked for. None means not known here, and those names are not checked."""

    posts: frozenset[str] | None = None
    tasks: Mapping[str, frozenset[str]] | None = None
    elements: frozenset[str] | None = None
    services: frozenset[str] | None = None
    problems: frozenset[str] | None = None


def asked(scenario: Scenario) -> Asked:
    """The elements, services and problems a scenario names."""
    alarms = [alarm for inject in scenario.injects for alarm in inject.alarms]
    opening = scenario.opening
    elements = {*(opening.elements if opening else ()), *(alarm.element for alarm in alarms)}
    if any(inject.trace for inject in scenario.injects):
        elements.add(RECORDED)
    services = frozenset(opening.services if opening else ())
    return Asked(frozenset(elements), services, frozenset(alarm.problem for alarm in alarms))


def check(script: Script, world: World = World()) -> list[Finding]:
    """Every finding about a scenario, in the order of its lines."""
    found = [_finding(script, remark) for remark in (*remarks(script.scenario), *_strange(script.scenario, world))]
    return sorted(found, key=lambda finding: finding.line)


def check_text(text: str, name: str, world: World = World()) -> tuple[Script | None, list[Fault | Finding]]:
    """The scenario of a text, and what is wrong with it; None for the scenario where its form is not sound. Raises nothing, whatever the
    text holds."""
    try:
        script = load_scenario(text, name)
    except SourceError as refused:
        return None, list(refused.faults)
    return script, [*check(script, world)]


def check_paths(paths: Iterable[Path], world: World = World()) -> list[Fault | Finding]:
    """The faults of files and folders, and the findings about the scenarios in them that are sound in form."""
    scripts, faults = read_scenarios(yaml_files(paths))
    return [*faults, *(finding for script in scripts for finding in check(script, world))]


def grave(found: Iterable[Fault | Finding]) -> bool:
    """Whether something among them keeps the scenario from being held."""
    return any(isinstance(each, Fault) or each.level is Level.error for each in found)


def _finding(script: Script, remark: Remark) -> Finding:
    fault = script.fault(remark.place, remark.message, remark.remedy)
    scenario, level = script.scenario, remark.level
    return Finding(
        level,
        scenario.code,
        scenario.version,
        script.file,
        fault.line,
        dotted(remark.place),
        fault.message,
        fault.remedy,
    )


def _strange(scenario: Scenario, world: World) -> Iterator[Remark]:
    """Names this operator does not have. A post nobody can hold keeps a scenario from being held; the rest may be set up until then."""
    for index, role in enumerate(scenario.roles):
        for at, post in enumerate(role.posts):
            if world.posts is not None and post not in world.posts:
                yield error(("roles", index, "posts", at), f"no post '{post}'", nearest(post, sorted(world.posts)))
    yield from _strange_tasks(scenario, world)
    if scenario.opening:
        for at, service in enumerate(scenario.opening.services):
            yield from _strange_name(("opening", "services", at), "service", service, world.services)
        for at, element in enumerate(scenario.opening.elements):
            yield from _strange_name(("opening", "elements", at), "element", element, world.elements)
    for index, inject in enumerate(scenario.injects):
        for at, alarm in enumerate(inject.alarms):
            place = ("injects", index, "alarms", at)
            yield from _strange_name((*place, "element"), "element", alarm.element, world.elements)
            yield from _strange_name((*place, "problem"), "problem", alarm.problem, world.problems)
        if inject.trace and world.elements is not None and RECORDED not in world.elements:
            message = "the elements of the recording are not in the network here"
            remedy = "Import them (config/demo/elements.csv), or list alarms of elements you have."
            yield warning(("injects", index, "trace"), message, remedy)


def _strange_tasks(scenario: Scenario, world: World) -> Iterator[Remark]:
    if world.tasks is None:
        return
    codes = world.tasks.get(scenario.kind)
    if codes is None:
        yield warning(("kind",), f"no plan for events of kind '{scenario.kind}'", "Write a playbook for it first.")
        return
    for place, _, sign in signs(scenario):
        if sign.task is not None and sign.task not in codes:
            message = f"the plan for '{scenario.kind}' has no task '{sign.task}'"
            yield warning((*place, "task"), message, nearest(sign.task, sorted(codes)))


def _strange_name(place: tuple[str | int, ...], sort: str, name: str, names: frozenset[str] | None) -> Iterator[Remark]:
    if names is not None and name not in names:
        yield warning(place, f"no {sort} '{name}' here", f"Import the {sort}, or name one you have.")
