"""A plan with a mistake is refused with the file, the line of the mistake and the remedy."""

import pytest

from playbooks.loader import SHIPPED, load_playbook
from playbooks.source import Fault, SourceError
from tests.playbooks.plans import changed, line_of

ORDER = "after: [locate_fault, back_up_data]"
FIRST_ZH = 'zh: "【{operator}】{area}部分用户自{since}起'


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(SourceError) as caught:
        load_playbook(text, "plan.yaml")
    return caught.value.faults


# (what is changed, into what, the text on whose line the fault must be, field, message, remedy)
BROKEN = [
    ("    echelon: prefecture", "\techelon: prefecture", "\techelon", "", "", "never with tabs"),
    ("version: 1", "version: 1\nversion: 2", "version: 2", "version", "written twice", "Keep one"),
    ("version: 1", "version: 0", "version: 0", "version", "greater", "larger"),
    ("version: 1", "version: '1'", "version: '1'", "version", "integer", "without quotes"),
    ("goal:", "gaol:", "gaol:", "gaol", "unknown field", "'goal'"),
    ("kind: network_fault", "kind: net_fault", "kind: net", "kind", "'net_fault'", "'network_fault'"),
    ("code: network_fault", "code: Network Fault", "code: N", "code", "pattern", "expected form"),
    ("expires: 2027-10-31", "expires: 31.10.2027", "expires: 3", "expires", "date", "2026-11-21"),
    ("expires: 2027-10-31", "expires: 2026-11-01", "expires: 2", "expires", "before it is issued", "after its day"),
    ("  4:\n", "  5:\n", "  5:", "tiers.5", "unknown field", "Use one of: 1, 2, 3, 4"),
    ("  4:\n", "  4: nothing\n  x:\n", "  4: nothing", "tiers.4", "object", "name: value"),
    ("function: command", "function: operations", "organisation:", "organisation", "nobody has", "post that commands"),
    ("  zh: 网络故障应急预案\n", "", "title:", "title.zh", "missing", "Add it"),
    ("  zh: 网络故障应急预案\n", "  zh: Network faults\n", "  zh: Net", "title.zh", "no Chinese character", "Translate"),
    ("en: Locate the fault}", "en: 定位}", "en: 定位}", "all_tiers.tasks[0].title.en", "has Chinese", "Translate"),
    (", en: Locate the fault}", "}", "title: {zh: 定位故障}", "all_tiers.tasks[0].title.en", "missing", "Add it"),
    ("department: technical", "department: tech", "department: tech\n", "all_tiers.tasks[0].department", "'tech'", "'technical'"),
    ("department: security", "department: technical", "  tasks:", "all_tiers.tasks", "no task for security", "Add a task"),
    (ORDER, "after: [find_fault]", "after: [find", "all_tiers.tasks[1].after[0]", "'find_fault'", "locate_fault"),
    (ORDER, "after: [recover_systems]", "after: [rec", "all_tiers.tasks[1].after", "wait for each other", "Remove one"),
    (ORDER, "after: [repair_fault]", "after: [rep", "all_tiers.tasks[1].after", "repair_fault → repair_fault", "Remove"),
    ("- id: brief_agents", "- id: locate_fault", "- id: locate_fault\n      department: cus", "all_tiers.tasks[2].id", "twice", "own"),
    ("- {id: repair_fault, due_minutes: 120}", "- {id: repair_fault, due_minutes: 20}", "due_minutes: 20}",
     "tiers.1.tasks[1].due_minutes", "'locate_fault' before it only after 30 min", "more time"),
    ("risky: true", "risky: maybe", "risky: maybe", "all_tiers.tasks[1].risky", "boolean", "true or false"),
    ("target: oncall:technical", "target: technical", "target: tech", "all_tiers.pages[0].target", "pattern", "expected form"),
    ('"group:prefecture"', '"group:city"', '"group:city"', "pages[0].escalate[1].target", "echelon 'city'", "head_office"),
    ("{after_minutes: 15, target", "{after_minutes: 5, target", "{after_minutes: 5, target: \"group:prefecture",
     "pages[0].escalate[1].after_minutes", "5 min is before 6 min", "after the one before"),
    ("id: splicing_kit", "id: repair_crew", "{id: repair_crew, kind: technical", "all_tiers.resources[1].id", "listed twice", "Keep one"),
    ("kind: human", "kind: humane", "kind: humane", "all_tiers.resources[0].kind", "'humane'", "'human'"),
    ("cadence_minutes: null", "cadence_minutes: never", "cadence_minutes: never", "tiers.4.cadence_minutes", "integer", "whole"),
    ("    cadence_minutes: null\n", "", "  4:", "tiers.4.cadence_minutes", "missing", "Add it"),
    ("quiet_hours: wait", "quiet_hours: sleep", "quiet_hours: sleep", "tiers.3.quiet_hours", "'sleep'", "pass, wait"),
    ("{since}起", "{start}起", FIRST_ZH.replace("{since}", "{start}"), "notices.first.text.zh", "placeholder {start}", "since"),
    ("[，预计{eta_window}恢复]", "，预计{eta_window}恢复", FIRST_ZH, "notices.first.text.zh", "{eta_window} may be unknown", "in [ ]"),
    ("[，预计{eta_window}恢复]", "", FIRST_ZH, "first.text.zh", "{eta} is missing", "Say it"),
    ("[，预计{eta_window}恢复]", "[，预计{eta_window}恢复", FIRST_ZH, "first.text.zh", "bracket without", "[until {eta}]"),
    ("详询{hotline}。", "详询客服。", FIRST_ZH, "first.text.zh", "{hotline} is missing", "every notice"),
    ("【{operator}】{area}部分", "{area}部分", 'zh: "{area}部分', "first.text.zh", "signature", "【{operator}】"),
    ('"{operator}: Since', '"Since', 'en: "Since', "first.text.en", "signature", "{operator}: "),
    ("[{advice}]详询", "因为光缆中断，[{advice}]详询", FIRST_ZH, "first.text.zh", "cause", "what, where"),
    ("[{advice} ]Help", "Due to a fibre cut. [{advice} ]Help", 'en: "{operator}: Since', "first.text.en", "cause", "what"),
    ("[{advice}]详询", "本月充值优惠。[{advice}]详询", FIRST_ZH, "first.text.zh", "promotion", "Take it out"),
    ("[{advice}]详询", "紧急情况请拨打110。[{advice}]详询", FIRST_ZH, "first.text.zh", "advises 110", "hotline"),
    ("请勿反复拨打", "请拨打119", "  zh: 服务中断期间", "public_advice.zh", "advises 119", "still works"),
    ("valid_minutes: 120", "valid_minutes: 0", "valid_minutes: 0", "notices.first.valid_minutes", "greater", "larger"),
    ("recipients: [superior]", "recipients: [boss]", "recipients: [boss]", "first.recipients[0]", "'boss'", "superior"),
    ("recipients: [superior]", "recipients: []", "recipients: []", "first.recipients", "at least 1", "Add the missing"),
    ("{tier}，受影响", "{grade}，受影响", "【初报】", "bulletins.first.text.zh", "placeholder {grade}", "tier"),
    ("notices: [first, ", "notices: [frist, ", "notices: [frist", "pre_approved.notices[0]", "'frist'", "'first'"),
    ("all_tiers:", "all_tires:", "all_tires:", "all_tires", "unknown field", ""),
]  # fmt: skip


@pytest.mark.proves("D6")
@pytest.mark.parametrize(("old", "new", "spot", "field", "message", "remedy"), BROKEN)
def test_a_mistake_in_a_plan_is_told_with_line_and_remedy(
    old: str, new: str, spot: str, field: str, message: str, remedy: str
) -> None:
    text = changed((old, new))
    found = faults(text)
    hits = [fault for fault in found if message in fault.message and remedy in fault.remedy and field in fault.field]
    assert hits, "\n".join(map(str, found))
    assert hits[0].line == line_of(text, spot)
    assert all(fault.file == "plan.yaml" and fault.line >= 1 and fault.remedy for fault in found)


def test_a_mistake_in_what_all_tiers_share_is_told_once() -> None:
    (fault,) = faults(changed(("due_minutes: 15\n    - id: collect", "due_minutes: x\n    - id: collect")))
    assert fault.field == "all_tiers.tasks[2].due_minutes"


def test_a_tier_that_changes_one_language_of_a_text_must_write_both() -> None:
    text = changed(("  4:\n", "  4:\n    advice: {zh: 请到就近营业厅。}\n"))
    (fault,) = faults(text)
    assert (fault.line, fault.field) == (line_of(text, "advice: {zh"), "tiers.4.advice.en")


def test_common_values_that_are_no_fields_are_refused() -> None:
    (fault,) = faults("code: x\nall_tiers: 5\ntiers: {}\n")
    assert (fault.line, fault.field) == (2, "all_tiers")


@pytest.mark.parametrize("text", ["all_tiers: {}\n", "all_tiers: {}\ntiers: 5\n", "tiers:\n  1:\n"])
def test_a_plan_without_tiers_is_told_what_is_missing(text: str) -> None:
    told = faults(text)
    assert any(fault.field.startswith("tiers") for fault in told)
    assert not any("all_tiers" in fault.field for fault in told)


def test_a_link_in_a_security_notice_is_refused() -> None:
    text = (SHIPPED / "information_security.yaml").read_text(encoding="utf-8")
    for link in ("www.example.test", "https://example.test/x", "example.com"):
        broken = text.replace("系统已恢复正常。", f"详见 {link} 。", 1)
        assert {fault.field for fault in faults(broken)} == {"all_tiers.notices.all_clear.text.zh"}
        assert all("link" in fault.message and "hotline" in fault.remedy for fault in faults(broken))
