"""Scenarios as data: five that are ready, the rules between their fields, and that each mistake names its line and the way out."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from command.core.settings import Settings
from command.drills.scenarios.blank import TEXT
from command.drills.scenarios.commands import scenarios
from command.drills.scenarios.world import tasks
from command.people.posts import POSTS
from playbooks.faults import SourceError
from playbooks.findings import Level
from playbooks.loader import load_library
from playbooks.scenario import Event, Fact, Method, Mode, Scenario, Subject
from playbooks.scenario_checks import World, check
from playbooks.scenario_files import load_scenario, read_scenarios, shipped, written
from playbooks.schema import Kind
from playbooks.tasks import Department

DEMO = Path(__file__).parents[2] / "config" / "demo"
SCRIPTS = {script.scenario.code: script for script in shipped()}
ALL = {code: script.scenario for code, script in SCRIPTS.items()}


def column(file: str, name: str) -> frozenset[str]:
    with (DEMO / file).open(encoding="utf-8-sig", newline="") as text:
        return frozenset(row[name] for row in csv.DictReader(text))


def demo() -> World:
    """The world of the demo operator."""
    return World(
        posts=frozenset(POSTS),
        tasks=tasks(load_library(), date(2026, 12, 1)),
        elements=column("elements.csv", "name"),
        services=column("services.csv", "code"),
        problems=column("problems.csv", "problem"),
    )


def changed(*changes: tuple[str, str]) -> str:
    text = TEXT
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    return text


def found(*changes: tuple[str, str], world: World = World()) -> list[tuple[str, str]]:
    """(the line of the text, the message) of each finding about the small scenario with changes."""
    text = changed(*changes)
    lines = text.splitlines()
    findings = check(load_scenario(text, "s.yaml"), world)
    assert all(each.remedy.endswith((".", "?")) for each in findings)
    return [(lines[each.line - 1].strip().partition(" #")[0].strip(), each.message) for each in findings]


@pytest.mark.proves("R9")
def test_one_scenario_of_each_subject_ships_without_a_remark_about_the_demo_operator() -> None:
    world = demo()
    assert [finding for each in SCRIPTS.values() for finding in check(each, world)] == []
    assert sorted(scenario.subject for scenario in ALL.values()) == sorted(Subject)
    assert {mode for scenario in ALL.values() for mode in scenario.modes} == set(Mode)
    assert set(ALL["core_signalling_storm"].departments) == set(Department)


@pytest.mark.proves("R9")
@pytest.mark.parametrize("code", sorted(ALL))
def test_each_is_long_enough_branches_and_is_proved_by_what_players_do(code: str) -> None:
    scenario = ALL[code]
    assert 8 <= len(scenario.injects) <= 15 and 45 <= scenario.duration_minutes <= 120
    assert any(inject.unless for inject in scenario.injects) and any(inject.after for inject in scenario.injects)
    proofs = {inject.proof.event for inject in scenario.injects if inject.proof}
    assert len(proofs - {Event.answered}) >= 4
    assert any(objective.measure for objective in scenario.objectives)
    if Mode.tabletop in scenario.modes:
        assert sum(inject.method is Method.discussion and bool(inject.choices) for inject in scenario.injects) >= 2


def test_the_network_scenario_is_played_from_the_real_recording() -> None:
    trace = ALL["microwave_storm"].injects[0].trace
    assert trace is not None and (trace.start, trace.end) == (70_000, 70_600)
    assert Fact.time_to_report not in [o.measure.fact for o in ALL["microwave_storm"].objectives if o.measure]


@pytest.mark.parametrize("code", sorted(ALL))
def test_a_scenario_that_is_written_out_reads_back_the_same(code: str) -> None:
    assert load_scenario(written(ALL[code]), "s.yaml").scenario == ALL[code]


def test_the_small_scenario_to_begin_with_is_sound() -> None:
    assert check(load_scenario(TEXT, "s.yaml"), demo()) == []


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ("- number: 2", "- number: 1", "- number: 1", "inject 1 is there twice"),
        ("to: duty_officer", "to: duty_oficer", "to: duty_oficer", "no role 'duty_oficer'"),
        ("objective: report_in_time", "objective: report", "objective: report", "no objective 'report'"),
        ("at_minutes: 12", "at_minutes: 30", "at_minutes: 30", "inject 2 comes when the drill of 30 min is over"),
        ("latest_minutes: 15", "latest_minutes: 45", "latest_minutes: 45", "the report stands in when the drill of 30"),
        ("modes: [simulation]", "modes: [simulation, tabletop]", "modes: [simulation, tabletop]", "nothing is discuss"),
        ("method: screen", "method: sms", "method: sms", "nobody gets a text"),
        ("departments: [operations]", "departments: [security]", "- {id: duty_officer", "the drill does not train"),
        (
            "proof: {event: reported}",
            "proof: {event: reported, tier: 1}",
            "proof: {event: reported",
            "'tier' says noth",
        ),
        ("unless: {event: activated}", "unless: {event: answered, inject: 9}", "unless: {event: ans", "no inject 9"),
        (
            "unless: {event: activated}",
            "unless: {event: answered, inject: 2}",
            "unless: {event: ans",
            "inject 2 waits for",
        ),
        (
            "unless: {event: activated}",
            "unless: {event: answered, choice: a}",
            "unless: {event: ans",
            "nothing says of",
        ),
        (
            "at_minutes: 0 ",
            "unless: {event: answered, inject: 2}\n    at_minutes: 0 ",
            "unless: {event: answered, inject: 2}",
            "inject 2 comes too late to prevent inject 1",
        ),
        (
            "at_minutes: 12",
            "after: {event: answered, inject: 1}\n    wait_minutes: 40",
            "wait_minutes: 40",
            "inject 2 comes when the drill of 30 min is over",
        ),
    ],
)
def test_a_mistake_between_fields_is_named_with_its_line(before: str, after: str, line: str, message: str) -> None:
    told = found((before, after))
    assert any(where.startswith(line) and said.startswith(message) for where, said in told), told


def test_injects_that_wait_for_each_other_are_told_the_whole_circle() -> None:
    first, second = "at_minutes: 0 ", "at_minutes: 12"
    told = found((first, "after: {event: answered, inject: 2} "), (second, "after: {event: answered, inject: 1}"))
    assert any("injects wait for each other: 1 → 2 → 1" in said or "2 → 1 → 2" in said for _, said in told)


def test_what_cannot_be_measured_or_opened_is_refused() -> None:
    opening = "opening:" + TEXT.partition("opening:")[2].partition("injects:")[0]
    told = [said for _, said in found((opening, ""))]
    assert "nothing opens the incident" in told
    assert any("'time_to_report' cannot be measured: alarms open" in said for said in told)
    table = [said for _, said in found(("modes: [simulation]", "modes: [tabletop]"))]
    assert any("cannot be measured at the table" in said for said in table)
    assert any("'reported' is never seen" in said for said in table)


def test_tasks_without_anything_that_asks_for_the_response_are_warned_of() -> None:
    asked_for = ("proof: {event: activated}", "proof: {event: task_done, task: locate_fault}")
    told = found(asked_for, ("unless: {event: activated}", "unless: {event: graded}"))
    assert told == [(asked_for[1], "tasks and pages come with the response, and no inject asks for it")]
    assert found(asked_for) == []


def test_an_objective_that_nothing_serves_is_an_error_unless_it_is_measured() -> None:
    more = "  - {id: spare, text: {zh: 备用, en: Spare}, guide: {zh: 无, en: None}%s}\nopening:"
    for measure, level in (("", Level.error), (", measure: {fact: tasks_done, at_least: 0.5}", Level.warning)):
        text = changed(("opening:", more % measure))
        findings = check(load_scenario(text, "s.yaml"))
        assert [(each.level, each.message) for each in findings] == [(level, "no inject serves the objective 'spare'")]


def test_names_this_operator_does_not_have_are_warned_of_and_a_post_nobody_can_hold_is_refused() -> None:
    nowhere = World(frozenset({"commander"}), {Kind.network_fault: frozenset()}, frozenset(), frozenset(), frozenset())
    told = check(SCRIPTS["typhoon_two_prefectures"], nowhere)
    errors = {each.message for each in told if each.level is Level.error}
    assert "no post 'duty_officer'" in errors and not any("commander" in each for each in errors)
    warnings = {each.message for each in told if each.level is Level.warning}
    assert {"no element 'AGG-03-1' here", "no service 'voice' here", "no problem 'UplinkDown' here"} <= warnings
    assert "no plan for events of kind 'natural_disaster'" in warnings
    storm = {each.message for each in check(SCRIPTS["microwave_storm"], nowhere)}
    assert "the elements of the recording are not in the network here" in storm
    assert "the plan for 'network_fault' has no task 'brief_agents'" in storm


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("at_minutes: 0 ", "at_minutes: -5 ", "the inject comes before the start of the drill"),
        ("method: screen", "method: alarms", "'alarms' or 'trace' go with method 'alarms' alone"),
        ("at_minutes: 0 ", "wait_minutes: 3 ", "nothing says when it is delivered"),
        ("within_minutes: 10", "at_least: 0.5", "time_to_report is measured by 'within_minutes'"),
        ("subject: network_fault ", "subject: network_faults ", "'network_faults' is not allowed"),
        ("to: duty_officer", "too: duty_officer", "unknown field"),
        ("en: Fibre cut", "en: 光缆", "the English text has Chinese characters or punctuation"),
    ],
)
def test_a_mistake_of_form_names_its_line_too(before: str, after: str, message: str) -> None:
    text = changed((before, after))
    with pytest.raises(SourceError) as refused:
        load_scenario(text, "s.yaml")
    told = {fault.message: fault for fault in refused.value.faults}
    assert message in told
    assert 1 < told[message].line <= len(text.splitlines())


def test_two_files_may_not_hold_one_version(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    scripts, faults = read_scenarios(sorted(tmp_path.iterdir()))
    assert len(scripts) == 2 and [fault.message for fault in faults] == [
        f"'my_scenario' version 1 is in {(tmp_path / 'a.yaml').as_posix()} too"
    ]


def test_the_command_line_names_file_line_and_remedy_even_without_a_database(tmp_path: Path) -> None:
    settings = Settings(env="test", data=tmp_path / "nowhere")
    assert CliRunner().invoke(scenarios, ["check"], obj=settings).exit_code == 0
    broken = tmp_path / "broken.yaml"
    broken.write_text(changed(("to: duty_officer", "to: duty_oficer")), encoding="utf-8")
    told = CliRunner().invoke(scenarios, ["check", str(broken)], obj=settings)
    line = broken.read_text(encoding="utf-8").split("to: duty_oficer")[0].count("\n") + 1
    assert told.exit_code == 1
    assert (
        told.output == f"{broken}:{line}: injects[0].to: error: no role 'duty_oficer'. Did you mean 'duty_officer'?\n"
    )
    shape = CliRunner().invoke(scenarios, ["schema"]).output
    assert set(json.loads(shape)["properties"]) == set(Scenario.model_fields)


def test_a_scenario_is_frozen() -> None:
    scenario: Scenario = ALL["data_leak"]
    with pytest.raises(ValueError):
        scenario.version = 2  # type: ignore[misc]
