"""The five plans of R1, complete for every tier and in both languages; versions, digests and folders."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from playbooks.content import has_han, has_link, has_wide
from playbooks.loader import SHIPPED, Library, UnknownPlaybook, load_library, load_playbook
from playbooks.merging import merge
from playbooks.nodes import Node, read
from playbooks.notices import NoticeKind
from playbooks.schema import TIERS, Function, Kind, Playbook, canonical, digest, from_canonical
from playbooks.source import SourceError, validate
from playbooks.tasks import Department
from playbooks.templates import BULLETIN_FIELDS, Language, example, placeholders, render
from playbooks.texts import Text
from tests.playbooks.plans import TEXT, changed, sheet

LIBRARY = load_library()
TODAY = date(2026, 11, 22)
PLANS = [LIBRARY.current(kind, TODAY) for kind in Kind]
LANGUAGES: tuple[Language, Language] = ("zh", "en")

every_plan = pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
every_tier = pytest.mark.parametrize("number", TIERS)


def texts(value: object) -> Iterator[Text]:
    """Every bilingual text anywhere in a plan."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, BaseModel):
        for _, child in value:
            yield from texts(child)
    elif isinstance(value, tuple):
        for child in value:
            yield from texts(child)


@pytest.mark.proves("R1")
def test_there_is_a_plan_in_force_for_each_of_the_five_event_kinds() -> None:
    assert len(PLANS) == len(LIBRARY.sheets) == 5
    assert {plan.kind for plan in PLANS} == set(Kind)
    assert all(plan.in_force(TODAY) for plan in PLANS)


@pytest.mark.proves("R1", "D6")
@every_tier
@every_plan
def test_every_tier_says_how_to_respond_with_what_and_what_is_told(plan: Playbook, number: int) -> None:
    tier = plan.tier(number)
    assert tier.response_mechanism.zh and tier.technical_support.zh
    assert tier.pages and tier.resources
    for kind in NoticeKind:
        assert tier.notices.of(kind).text.zh and tier.notices.of(kind).valid_minutes > 0
    for _, bulletin in tier.bulletins:
        assert bulletin.recipients and bulletin.approver
    assert tier.cadence_minutes is None if number == 4 else tier.cadence_minutes
    assert tier.default_duration_minutes >= 30


@pytest.mark.proves("R6")
@every_tier
@every_plan
def test_every_tier_gives_each_department_its_tasks(plan: Playbook, number: int) -> None:
    for department in Department:
        assert plan.tier(number).tasks_of(department)


@every_plan
def test_higher_tiers_are_handled_higher_up_and_told_more_often(plan: Playbook) -> None:
    assert [plan.tier(n).echelon for n in TIERS] == ["head_office", "province", "prefecture", "county"]
    mechanisms = [plan.tier(n).response_mechanism.zh for n in TIERS]
    for mechanism, words in zip(
        mechanisms, ("一级（重大）", "二级（较大）", "三级（一般）", "四级（较小）"), strict=True
    ):
        assert mechanism.startswith(f"事件等级{words}")
    cadences = [plan.tier(n).cadence_minutes or 10**6 for n in TIERS]
    assert cadences == sorted(cadences)
    firsts = [plan.tier(n).bulletins.first.within_minutes for n in TIERS]
    assert firsts == sorted(firsts)


@pytest.mark.proves("R34")
@every_plan
def test_every_plan_names_scope_objects_goal_organisation_expiry_and_advice(plan: Playbook) -> None:
    for text in (plan.title, plan.scope, plan.objects, plan.goal, plan.public_advice):
        assert has_han(text.zh) and not has_wide(text.en)
    assert Function.command in {role.function for role in plan.organisation}
    assert plan.issued < plan.expires
    assert (plan.expires - plan.issued).days <= 366
    assert plan.owner in Department and plan.approved_by


@pytest.mark.proves("R1")
@every_plan
def test_every_text_is_chinese_in_chinese_and_english_in_english(plan: Playbook) -> None:
    found = list(texts(plan))
    assert len(found) > 100
    for text in found:
        assert has_han(text.zh), text
        assert text.en.isascii(), text


@every_tier
@every_plan
def test_every_notice_reads_well_with_and_without_an_eta(plan: Playbook, number: int) -> None:
    tier = plan.tier(number)
    for kind in NoticeKind:
        for language in LANGUAGES:
            template, advice = getattr(tier.notices.of(kind).text, language), getattr(tier.advice, language)
            full = example(template, language, advice=advice)
            bare = example(template, language, eta=None, eta_window=None, next_update=None)
            for text in (full, bare):
                assert not set("{}[]") & set(text)
                assert "  " not in text and "，，" not in text and "，。" not in text and "。。" not in text
            assert len(full) <= (134 if language == "zh" else 306), "at most two parts of an SMS"
            assert full.startswith("【示例通信】" if language == "zh" else "Example Telecom: ")
            assert "10000" in bare


@pytest.mark.parametrize("kind", [Kind.natural_disaster, Kind.network_fault, Kind.service_interruption])
def test_an_outage_notice_says_what_where_since_eta_next_update_and_contact(kind: Kind) -> None:
    notices = LIBRARY.current(kind, TODAY).tier(3).notices
    first = example(notices.first.text.zh, "zh")
    for fact in ("上网、语音通话", "梅江区", "14:05", "预计16:30–17:30", "16:00再告知", "10000"):
        assert fact in first
    missed = example(notices.missed.text.zh, "zh")
    assert "14:05至16:42中断，现已恢复" in missed
    assert "16:42恢复" in example(notices.all_clear.text.zh, "zh")


@every_plan
def test_bulletins_render_with_the_facts_of_the_first_minutes(plan: Playbook) -> None:
    sure = {
        "title": "T",
        "area": "A",
        "services": "S",
        "since": "14:05",
        "tier": "III",
        "users": "9",
        "user_minutes": "8",
    }
    for number in TIERS:
        bulletins = plan.tier(number).bulletins
        for language in LANGUAGES:
            assert render(getattr(bulletins.first.text, language), sure)
            assert render(getattr(bulletins.follow_up.text, language), sure)
            assert render(getattr(bulletins.final.text, language), {**sure, "restored_at": "16:42"})
            assert placeholders(getattr(bulletins.final.text, language)) <= BULLETIN_FIELDS.keys()


def test_complaints_and_information_security_run_without_a_network_element() -> None:
    without = {plan.kind for plan in PLANS if not plan.needs_element}
    assert without == {Kind.complaint_surge, Kind.information_security}


def test_information_security_sends_nothing_by_itself_and_holds_no_link() -> None:
    plan = LIBRARY.current(Kind.information_security, TODAY)
    assert not any(plan.pre_approved.covers(kind, audience) for kind in NoticeKind for audience in (0, 1))
    for text in texts(plan.tiers.first.notices):
        assert not has_link(text.zh + text.en)


def test_a_pre_approval_ends_exactly_above_its_cap() -> None:
    approval = LIBRARY.current(Kind.network_fault, TODAY).pre_approved
    assert approval.covers(NoticeKind.first, approval.audience_cap)
    assert not approval.covers(NoticeKind.first, approval.audience_cap + 1)


@pytest.mark.parametrize("number", [0, 5, -1])
def test_there_is_no_fifth_tier(number: int) -> None:
    with pytest.raises(ValueError, match="no severity tier"):
        PLANS[0].tier(number)


def test_a_plan_is_frozen() -> None:
    with pytest.raises(ValidationError):
        PLANS[0].version = 2  # type: ignore[misc]


# Versions ------------------------------------------------------------------------------------------------------------

V2 = ("version: 1", "version: 2")


def later(*edits: tuple[str, str]) -> Library:
    """A library of version 1 and a changed version 2 of one plan."""
    return Library((sheet(), sheet(V2, *edits)))


@pytest.mark.proves("D6")
def test_the_highest_version_in_force_is_current_and_older_ones_stay_for_running_incidents() -> None:
    library = later(("issued: 2026-11-01", "issued: 2026-12-01"))
    assert library.current(Kind.network_fault, date(2026, 11, 30)).version == 1
    assert library.current(Kind.network_fault, date(2026, 12, 1)).version == 2
    assert library.get("network_fault", 1).version == 1
    assert library.digest("network_fault", 1) != library.digest("network_fault", 2)


def test_an_expired_version_gives_way_to_a_lower_one_in_force() -> None:
    library = later(("expires: 2027-10-31", "expires: 2026-11-30"))
    assert library.current(Kind.network_fault, date(2026, 11, 30)).version == 2
    assert library.current(Kind.network_fault, date(2026, 12, 1)).version == 1


def test_when_all_have_expired_the_newest_still_serves() -> None:
    assert later().current(Kind.network_fault, date(2030, 1, 1)).version == 2


def test_a_plan_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownPlaybook, match="'network_fault' version 9"):
        LIBRARY.get("network_fault", 9)
    with pytest.raises(UnknownPlaybook, match="complaint_surge"):
        Library((sheet(),)).current(Kind.complaint_surge, TODAY)


def shuffled(node: Node, order: st.DataObject) -> Node:
    """The same tree with the fields of every mapping in another order."""
    if isinstance(node.value, list):
        return Node([shuffled(child, order) for child in node.value], node.line)
    if not isinstance(node.value, dict):
        return node
    keys = order.draw(st.permutations(list(node.value)))
    return Node({key: shuffled(node.value[key], order) for key in keys}, node.line)


TREE = read(TEXT, "plan.yaml")


@pytest.mark.proves("D6")
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_the_digest_does_not_depend_on_the_order_of_fields(order: st.DataObject) -> None:
    plan = validate(merge(shuffled(TREE, order), "plan.yaml"), "plan.yaml", Playbook)
    assert digest(plan) == LIBRARY.digest("network_fault", 1)


def test_the_digest_changes_with_every_word() -> None:
    assert sheet(("请暂用Wi-Fi或固定电话。", "请改用Wi-Fi或固定电话。")).digest != sheet().digest
    assert sheet(("quantity: 20}", "quantity: 21}")).digest != sheet().digest


@pytest.mark.proves("D6")
@every_plan
def test_a_stored_plan_comes_back_the_same(plan: Playbook) -> None:
    restored = from_canonical(canonical(plan))
    assert restored == plan
    assert digest(restored) == digest(plan)


def test_a_copied_version_and_a_second_code_for_a_kind_are_faults(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    (tmp_path / "x_copy.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "y_rival.yaml").write_text(changed(("code: network_fault", "code: fibre_cut")), encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_library([tmp_path])
    copy, rival = caught.value.faults
    assert (copy.line, copy.field, copy.remedy) == (3, "version", "Give one a new version.")
    assert "network_fault.yaml too" in copy.message
    assert (rival.line, rival.field) == (2, "code")
    assert "plan for 'network_fault' already" in rival.message


def test_the_faults_of_all_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("", encoding="utf-8")
    (tmp_path / "b.yml").write_text("- 1\n", encoding="utf-8")
    (tmp_path / "c.txt").write_text("not a plan", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        load_library([tmp_path])
    assert [Path(fault.file).name for fault in caught.value.faults] == ["a.yaml", "b.yml"]


def test_a_library_of_the_operator_joins_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "network_fault.yaml").write_text(changed(V2), encoding="utf-8")
    library = load_library([SHIPPED, tmp_path])
    assert library.current(Kind.network_fault, TODAY).version == 2
    assert load_playbook(changed(V2), "x").digest == library.digest("network_fault", 2)
