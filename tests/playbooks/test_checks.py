"""`check`: plans that are sound in form but will not work here, or not for long."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from playbooks.checks import Known, check, check_paths, expiry, missing_kinds
from playbooks.findings import Finding, Level
from playbooks.loader import SHIPPED, Library, load_library
from playbooks.schema import Kind
from playbooks.source import Fault
from playbooks.tasks import Department
from tests.playbooks.plans import Road, changed, line_of, sheet

TODAY = date(2026, 11, 22)
BOTH = Road("smpp")
ONE_WAY = Road("twilio_cn", two_way=False, url=False)
VOICE = Road("voice", voice=True)
KNOWN = Known(
    departments=frozenset(Department),
    posts=frozenset(
        {"commander", "deputy", "duty_officer", "engineer", "customer_service_agent", "resource_manager", "auditor"}
    ),
    schedules=frozenset(Department),
)
VOICE_PAGE = ("      ack_within_minutes: 5\n", "      by: voice\n      ack_within_minutes: 5\n")
SILENT_PAGE = ("      ack_within_minutes: 5\n", "      reply_code: false\n      ack_within_minutes: 5\n")
LINK = ("如仍异常，请重启设备或致电", "详见 www.example.test ，请致电")


def found(
    *edits: tuple[str, str], roads: tuple[Road, ...] = (), on: date = TODAY, known: Known = KNOWN
) -> list[Finding]:
    return check(Library((sheet(*edits),)), roads, on=on, known=known)


@pytest.mark.proves("D6")
def test_the_shipped_plans_have_no_finding_over_a_full_gateway() -> None:
    assert check(load_library(), [BOTH, VOICE], on=TODAY, known=KNOWN) == []


@pytest.mark.proves("R34")
@pytest.mark.parametrize(
    ("day", "level", "message"),
    [
        (date(2027, 10, 1), Level.warning, "expires on 2027-10-31, in 30 days"),
        (date(2027, 10, 31), Level.warning, "in 0 days"),
        (date(2027, 11, 1), Level.error, "expired on 2027-10-31"),
        (date(2026, 10, 31), Level.warning, "not in force before 2026-11-01"),
    ],
)
def test_a_plan_that_expires_is_told_thirty_days_before(day: date, level: Level, message: str) -> None:
    (finding,) = found(on=day)
    assert (finding.level, finding.place, finding.code, finding.version) == (level, "expires", "network_fault", 1)
    assert message in finding.message
    assert finding.line == line_of(changed(), "expires:")
    assert "next version" in finding.remedy


def test_thirty_one_days_before_nothing_is_told() -> None:
    assert found(on=date(2027, 9, 30)) == []
    assert expiry(sheet().playbook, date(2027, 9, 30)) is None


def test_an_expired_version_is_not_told_once_the_next_is_in_force() -> None:
    second = sheet(("version: 1", "version: 2"), ("expires: 2027-10-31", "expires: 2029-10-31"))
    assert check(Library((sheet(), second)), on=date(2028, 1, 1)) == []


def test_a_published_version_must_not_change() -> None:
    library = Library((sheet(),))
    kept = {("network_fault", 1): library.digest("network_fault", 1)}
    assert check(library, on=TODAY, published=kept) == []
    (finding,) = check(library, on=TODAY, published={("network_fault", 1): "0" * 64})
    assert (finding.level, finding.place) == (Level.error, "version")
    assert "next version" in finding.remedy


def test_a_reply_code_needs_a_gateway_that_brings_replies_back() -> None:
    alone = found(roads=(ONE_WAY,))
    assert {finding.level for finding in alone} == {Level.error}
    assert all("no gateway can bring a reply code back" in finding.message for finding in alone)
    assert "tiers.1.pages[1].target" in {finding.place for finding in alone}
    beside = found(roads=(ONE_WAY, BOTH))
    assert {finding.level for finding in beside} == {Level.warning}
    assert all("cannot bring a reply code back: twilio_cn" in finding.message for finding in beside)


def test_a_page_without_reply_code_may_use_any_gateway() -> None:
    line = line_of(changed(SILENT_PAGE), "- target: oncall:technical")
    assert line not in {finding.line for finding in found(SILENT_PAGE, roads=(ONE_WAY,))}
    assert line in {finding.line for finding in found(roads=(ONE_WAY,))}


def test_a_value_of_all_tiers_is_told_once_under_its_own_name() -> None:
    known = replace(KNOWN, schedules=frozenset({"operations"}))
    lines = [finding.line for finding in found(known=known)]
    assert len(lines) == len(set(lines))
    (task,) = {f.place for f in found(known=replace(KNOWN, departments=frozenset(set(Department) - {"security"})))}
    assert task == "all_tiers.tasks[4].department"


def test_a_page_by_voice_needs_a_voice_gateway() -> None:
    (finding,) = found(VOICE_PAGE, roads=(BOTH,))
    assert (finding.level, finding.place) == (Level.error, "all_tiers.pages[0].by")
    assert found(VOICE_PAGE, roads=(BOTH, VOICE)) == []


def test_a_link_needs_a_gateway_that_keeps_it() -> None:
    (finding,) = found(LINK, roads=(Road("plain", url=False),))
    assert (finding.level, finding.place) == (Level.error, "all_tiers.notices.all_clear.text.zh")
    assert finding.line == line_of(changed(LINK), "www.example.test")
    (softer,) = found(LINK, roads=(Road("plain", url=False), BOTH))
    assert (softer.level, softer.message) == (Level.warning, "cannot carry a link: plain")
    assert found(LINK, roads=(BOTH,)) == []


def test_chinese_needs_a_gateway_with_unicode() -> None:
    findings = found(roads=(Road("gsm7", unicode=False),))
    assert findings and all("no gateway can carry Chinese" in finding.message for finding in findings)


@pytest.mark.parametrize(
    ("old", "new", "message", "place"),
    [
        ("approved_by: commander", "approved_by: comander", "unknown post 'comander'", "approved_by"),
        ("post: engineer", "post: enginer", "unknown post 'enginer'", "organisation[1].post"),
        ("approver: duty_officer", "approver: officer", "unknown post 'officer'", "all_tiers.bulletins.first.approver"),
        ("oncall:operations", "oncall:ops", "unknown schedule 'ops'", "tiers.1.pages[2].target"),
        ('"post:deputy"', '"post:depty"', "unknown post 'depty'", "tiers.1.pages[1].escalate[0].target"),
    ],
)
def test_a_name_this_operator_does_not_use_is_told(old: str, new: str, message: str, place: str) -> None:
    (finding,) = found((old, new))
    assert (finding.level, finding.message, finding.place) == (Level.error, message, place)
    assert finding.line == line_of(changed((old, new)), new)
    assert finding.remedy.startswith("Use one of: ")


def test_names_are_not_checked_where_none_are_known() -> None:
    wrong = ("approved_by: commander", "approved_by: comander")
    assert found(wrong, known=Known()) == []
    assert found(wrong, known=Known(departments=frozenset(Department))) == []
    (finding,) = {found(known=Known(posts=frozenset()))[0].remedy}
    assert finding == "Set up the post first."


def test_paths_give_faults_and_findings_together(tmp_path: Path) -> None:
    sound, broken = tmp_path / "a.yaml", tmp_path / "b.yaml"
    sound.write_text(changed(("expires: 2027-10-31", "expires: 2026-12-01")), encoding="utf-8")
    broken.write_text(changed(("version: 1", "version: one")), encoding="utf-8")
    fault, finding = check_paths([sound, broken], on=TODAY)
    assert isinstance(fault, Fault) and isinstance(finding, Finding)
    assert str(fault).startswith(f"{broken}:3: version: ")
    assert str(finding).startswith(f"{sound}:{finding.line}: expires: warning: expires on 2026-12-01")


@pytest.mark.proves("R1")
def test_a_folder_without_a_plan_for_an_event_kind_is_told(tmp_path: Path) -> None:
    assert check_paths([SHIPPED], on=TODAY) == []
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    (tmp_path / "complaint_surge.yaml").unlink()
    (fault,) = check_paths([tmp_path], on=TODAY)
    assert isinstance(fault, Fault)
    assert fault.message == "no plan for 'complaint_surge'"
    assert missing_kinds(load_library([tmp_path])) == [Kind.complaint_surge]
    assert check_paths([tmp_path / "network_fault.yaml"], on=TODAY) == []


def test_a_text_that_was_not_approved_is_said_of_the_plan_before_anything_is_sent() -> None:
    strict = Road("strict", approved=("【{}】{}恢复{}", "{}", "{operator}: {}"))
    assert found(roads=(strict,)) == []
    narrow = Road("narrow", approved=("another text",))
    findings = found(roads=(narrow,))
    assert findings and all(each.message == "no gateway can carry a text that was not approved" for each in findings)
    assert {each.level for each in findings} == {Level.error} and "approved_texts" in findings[0].remedy
    softer = found(roads=(narrow, BOTH))
    assert {each.message for each in softer} == {"cannot carry a text that was not approved: narrow"}
