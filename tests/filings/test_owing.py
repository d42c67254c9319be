"""Hand-made cases: which incidents are reportable at the thresholds of the three profiles, and which reports are owed by when."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from command.filings import owing, regulators
from command.filings.owing import Match, Standing, Ticking
from command.filings.regulators import FieldOf, Regulators
from command.incidents import house
from command.incidents.clocks import Event, Profile
from command.incidents.filing_sentences import FILED
from command.incidents.grading import Facts
from playbooks.schema import Kind
from playbooks.source import SourceError, load_text
from playbooks.texts import Text

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
FAULT, LEAK, SURGE = Kind.network_fault, Kind.information_security, Kind.complaint_surge
LOST = {"emergency": "county"}
CASES: list[tuple[Profile, Mapping[str, Any], int, list[str]]] = [
    ("cn", {"users": 500_000, "minutes": 60}, 4, ["cn-500k-1h", "cn-100k-1h"]),
    ("cn", {"users": 499_999, "minutes": 60}, 4, ["cn-100k-1h"]),
    ("cn", {"users": 500_000, "minutes": 59.99}, 4, []),
    ("cn", {"users": 100_000, "minutes": 60}, 4, ["cn-100k-1h"]),
    ("cn", {"users": 99_999, "minutes": 600}, 4, []),
    ("cn", {"user_minutes": 6_000_000}, 4, ["cn-100k-user-hours"]),
    ("cn", {"user_minutes": 5_999_999}, 4, []),
    ("cn", {"critical_services": LOST, "minutes": 15}, 4, ["cn-emergency-numbers"]),
    ("cn", {"critical_services": LOST, "minutes": 14.9}, 4, []),
    ("cn", {"kind": LEAK, "records_leaked": 1_000_000}, 4, ["cn-records-1m"]),
    ("cn", {"kind": LEAK, "records_leaked": 999_999}, 4, []),
    ("cn", {"records_leaked": 1_000_000}, 4, []),
    ("cn", {"kind": SURGE}, 2, ["cn-grave"]),
    ("cn", {}, 3, []),
    ("us", {"minutes": 30, "user_minutes": 900_000}, 4, ["us-900k-user-minutes"]),
    ("us", {"minutes": 29.99, "user_minutes": 900_000}, 4, []),
    ("us", {"minutes": 30, "user_minutes": 899_999}, 4, []),
    ("us", {"kind": LEAK, "minutes": 30, "user_minutes": 900_000}, 1, []),
    ("us", {"critical_services": LOST, "minutes": 30}, 4, ["us-911"]),
    ("us", {"critical_services": LOST, "minutes": 29}, 4, []),
    ("eu", {"user_minutes": 60_000_000}, 4, ["eu-1m-user-hours"]),
    ("eu", {"user_minutes": 59_999_999}, 3, []),
    ("eu", {"critical_services": LOST, "minutes": 15}, 4, ["eu-emergency-numbers"]),
    ("eu", {"kind": LEAK}, 2, ["eu-significant"]),
]


def facts(**given: Any) -> Facts:
    return Facts(**{"kind": FAULT, **given})


@pytest.mark.proves("R33")
@pytest.mark.parametrize(("profile", "given", "tier", "rules"), CASES)
def test_an_incident_is_reportable_exactly_from_its_threshold_on(
    profile: Profile, given: Mapping[str, Any], tier: int, rules: list[str]
) -> None:
    known = facts(**given)
    found = owing.matches(regulators.table().profiles[profile], known, known, tier)
    assert [match.rule.id for match in found] == rules and all(match.now for match in found)


def test_what_only_the_expected_end_makes_reportable_is_foreseen_and_not_owed() -> None:
    us = regulators.table().profiles["us"]
    found = owing.matches(us, facts(minutes=10), facts(minutes=30, user_minutes=900_000), 4)
    assert found == [Match(us.reportable[0], now=False)]
    seen = {Event.REGULATOR_INFORMED: Ticking(AT)}
    assert {one.standing for one in owing.owed(us, found, seen, {}, AT)} == {Standing.FORESEEN}
    assert {one.standing for one in owing.owed(us, [], seen, {}, AT)} == {Standing.NOT_ASKED}


def standing(now: datetime, ticking: Ticking, sent: datetime | None = None) -> owing.Owed:
    """The notification of a reportable outage."""
    us = regulators.table().profiles["us"]
    submitted = {"us-notification": sent} if sent else {}
    return owing.owed(us, [Match(us.reportable[0], now=True)], {Event.REGULATOR_INFORMED: ticking}, submitted, now)[0]


def test_a_report_is_flagged_ahead_late_a_moment_after_its_time_and_done_when_it_was_submitted() -> None:
    before = AT - timedelta(minutes=45)
    assert not standing(before - timedelta(seconds=1), Ticking(AT)).flagged(before - timedelta(seconds=1))
    assert standing(before, Ticking(AT)).flagged(before)
    assert standing(AT, Ticking(AT)).standing == Standing.OWED, "exactly on time is in time"
    late = standing(AT + timedelta(seconds=1), Ticking(AT))
    assert late.standing == Standing.LATE and late.flagged(AT + timedelta(days=9))
    done = standing(AT + timedelta(days=1), Ticking(AT), AT)
    assert done.standing == Standing.DONE and not done.was_late and not done.flagged(AT)
    assert standing(AT, Ticking(AT), AT + timedelta(seconds=1)).was_late
    assert standing(AT, Ticking(AT, met_at=AT), AT + timedelta(hours=1)).met_at == AT, "what was first stays"
    assert standing(AT, Ticking()).standing == Standing.WAITS


def test_without_a_clock_of_its_tier_a_report_is_due_by_the_earliest_clock_of_its_kind() -> None:
    table, began = house.clocks(), {Event.DISCOVERED: AT}

    def due(profile: Profile, event: Event, kind: Kind = FAULT) -> datetime | None:
        return owing.due_without_clock(table, profile, event, kind, began)

    assert due("us", Event.REGULATOR_INFORMED) == AT + timedelta(minutes=120)
    assert due("us", Event.REGULATOR_INFORMED, LEAK) is None
    assert due("cn", Event.REGULATOR_BRIEF_SENT) == AT + timedelta(hours=4)
    assert due("eu", Event.REGULATOR_FINAL_REPORT_SENT) is None, "it starts with the notification"


def test_a_required_field_without_a_value_is_missing_and_zero_is_a_value() -> None:
    title = Text(zh="字段", en="field")
    fields = [FieldOf(key=key, title=title, source="words", required=key != "c") for key in "abcd"]
    assert [each.key for each in owing.missing(fields, {"a": 0, "b": "", "c": None})] == ["b", "d"]


REGULATOR = """
profiles:
  eu:
    authority: {zh: 机构, en: authority}
    reportable:
      - {id: one, title: {zh: 一, en: one}, source: law}
    reports:
      - {id: r, title: {zh: 报告, en: report}, event: restored, ahead_minutes: 0, source: law, fields: []}
"""


def test_a_fault_in_the_file_names_its_line_and_the_remedy() -> None:
    with pytest.raises(SourceError) as refused:
        load_text(REGULATOR, "regulators.yaml", Regulators)
    text = str(refused.value)
    assert "regulators.yaml:6" in text and "Give when, tiers, or both" in text
    assert "'restored' is not allowed" in text and "ahead_minutes" in text and "reports[0].fields" in text
    sound = REGULATOR.replace("source: law}\n    reports", "source: law, tiers: [1]}\n    reports")
    sound = sound.replace("event: restored", "event: regulator_brief_sent").replace(
        "ahead_minutes: 0", "ahead_minutes: 9"
    )
    field = "{key: a, title: {zh: 字, en: a}, from: words, required: true}"
    table = load_text(sound.replace("fields: []", f"fields: [{field}]"), "regulators.yaml", Regulators)
    (fault,) = regulators.unclocked(table)
    assert "no clock says by when 'r' is due" in str(fault) and "config/clocks.yaml" in fault.remedy
    with pytest.raises(SourceError, match="'a' is used twice"):
        load_text(sound.replace("fields: []", f"fields: [{field}, {field}]"), "regulators.yaml", Regulators)


def test_every_report_that_ships_has_its_words_in_the_journal() -> None:
    titles = {
        each.id: (each.title.zh, each.title.en) for one in regulators.table().profiles.values() for each in one.reports
    }
    assert titles == FILED
