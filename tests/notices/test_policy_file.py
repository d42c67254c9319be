"""The policy's file: sound as it ships, and every mistake named with its line and remedy."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from command.cli import main
from command.messages import policy
from command.notices.plan_checks import measures
from playbooks.checks import check
from playbooks.loader import load_library
from playbooks.source import SourceError
from tests.notices.policies import shipped, written


def test_what_ships_is_sound_and_every_rule_cites_its_source() -> None:
    rule = shipped()
    sections = [getattr(rule, name) for name in type(rule).model_fields]
    assert all(section.source for section in sections)
    assert set(rule.quiet.tiers) == {1, 2} and rule.cadence.of(1).gap == 30


@pytest.mark.parametrize(
    ("section", "values", "place", "said"),
    [
        ("quiet", {"until": "22:00"}, "quiet.until", "same time"),
        ("quiet", {"from": "25:00"}, "quiet.from", "pattern"),
        ("quiet", {"tiers": [5]}, "quiet.tiers[0]", "less than or equal"),
        ("opt_out", {"first_notices_of_tiers": [2]}, "opt_out.first_notices_of_tiers", "tier 2"),
        ("opt_out", {"return": ["TD"]}, "opt_out.return", "'TD'"),
        ("cadence", {"tiers": {1: {"every": 10, "gap": 30}}}, "cadence.tiers", "tier 2 is missing"),
        ("bad_numbers", {"still_tried": {"tiers": [2]}}, "bad_numbers.still_tried.tiers", "tier 1"),
        ("bad_numbers", {"still_tried": {"notices": ["update"]}}, "bad_numbers.still_tried.notices", "advisory"),
        ("bad_numbers", {"answers": 1, "days": 1, "roads": 1}, "bad_numbers.answers", "one answer"),
        ("bad_numbers", {"days": 9, "within_days": 3}, "bad_numbers.within_days", "fewer days"),
        ("bad_numbers", {"hours_apart": -1}, "bad_numbers.hours_apart", "greater than or equal"),
        ("overlap", {"within": 3}, "overlap.within", "unknown field"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, section: str, values: dict[str, Any], place: str, said: str
) -> None:
    path = written(tmp_path, **{section: values})
    with pytest.raises(SourceError) as refused:
        policy.read_file(path)
    fault = next(each for each in refused.value.faults if each.field.startswith(place))
    assert said in fault.message and fault.remedy and fault.line > 1


def test_a_file_of_before_has_the_shipped_rule_of_bad_numbers(tmp_path: Path) -> None:
    file = tmp_path / "older.yaml"
    text = policy.FILE.read_text("utf-8")
    file.write_text(text[: text.index("# Numbers that take no SMS")], "utf-8")
    older, now = policy.read_file(file).bad_numbers, shipped().bad_numbers
    assert older == now.model_copy(update={"source": older.source})


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    bad = written(tmp_path, quiet={"tiers": [9]})
    found = CliRunner().invoke(main, ["notices", "check", str(bad)], env={"TOCSIN_ENV": "test"})
    assert found.exit_code == 1 and "quiet.tiers[0]" in found.output and bad.name in found.output
    good = CliRunner().invoke(main, ["notices", "check"], env={"TOCSIN_ENV": "test"})
    assert good.exit_code == 0 and "22:00-07:00" in good.output


def test_the_plans_that_ship_fit_the_policy() -> None:
    library = load_library()
    on = library.sheets[0].playbook.issued
    assert [
        str(each) for each in check(library, on=on, measures=measures(shipped())) if "script" not in str(each)
    ] == []


def test_a_plan_that_does_not_is_warned_of(tmp_path: Path) -> None:
    tight = {"tiers": {n: {"every": 20, "gap": 10} for n in (1, 2, 3, 4)}}
    own = written(tmp_path, texts={"warn_segments": 1}, cadence=tight, quiet={"tiers": []})
    library = load_library()
    found = [
        str(each)
        for each in check(library, on=library.sheets[0].playbook.issued, measures=measures(policy.read_file(own)))
    ]
    assert any("cadence_minutes" in each and "every 20" in each for each in found)
    assert any("quiet_hours" in each for each in found)
    assert any("notices.first.text.zh" in each and "segments" in each for each in found)
