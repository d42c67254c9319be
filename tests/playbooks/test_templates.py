"""The placeholder language of notices: what it inserts, what it leaves out, what it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.templates import NOTICE_FIELDS, TemplateError, example, misfits, placeholders, render, required


def test_fields_are_inserted() -> None:
    assert render("【{operator}】{area}已恢复", {"operator": "示例", "area": "梅江区"}) == "【示例】梅江区已恢复"


def test_a_clause_stays_while_all_its_fields_are_known() -> None:
    template = "正在抢修[，预计{eta}前恢复][，{next_update}再告知]。"
    assert render(template, {"eta": "17:00", "next_update": "16:00"}) == "正在抢修，预计17:00前恢复，16:00再告知。"
    assert render(template, {"eta": None, "next_update": "16:00"}) == "正在抢修，16:00再告知。"
    assert render(template, {"eta": ""}) == "正在抢修。"


def test_a_clause_goes_when_one_of_two_fields_is_unknown() -> None:
    assert render("A[ {since} to {eta}]", {"since": "14:05"}) == "A"


@pytest.mark.parametrize("fields", [{}, {"area": None}, {"area": ""}])
def test_an_unknown_field_outside_a_clause_is_an_error_that_names_it(fields: dict[str, str | None]) -> None:
    with pytest.raises(TemplateError, match=r"\{area\}.*give it") as caught:
        render("in {area}", fields)
    assert caught.value.field == "area"


def test_values_are_never_read_as_templates() -> None:
    assert render("{area}|{case}", {"area": "{case}[{eta}]", "case": "\\1"}) == "{case}[{eta}]|\\1"


def test_required_fields_are_those_outside_clauses() -> None:
    template = "{operator}[ {eta}] {area}"
    assert placeholders(template) == {"operator", "eta", "area"}
    assert required(template) == {"operator", "area"}


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{cause}", "unknown placeholder {cause}"),
        ("{Area}", "unknown placeholder {Area}"),
        ("{}", "unknown placeholder {}"),
        ("{area", "a brace without its partner"),
        ("area}", "a brace without its partner"),
        ("{{area}}", "a brace without its partner"),
        ("[{area}", "a bracket without its partner"),
        ("[a [{area}]]", "a bracket without its partner"),
        ("[always]", "has no field"),
    ],
)
def test_a_wrong_template_is_refused(template: str, message: str) -> None:
    assert any(message in misfit.message for misfit in misfits(template, NOTICE_FIELDS))


def test_a_right_template_is_not_refused() -> None:
    assert not list(misfits("【{operator}】{area}[，{eta}]。", NOTICE_FIELDS))


def test_examples_need_no_fields_and_take_some() -> None:
    assert example("{operator}: {area}[, {eta}]", "en", eta=None) == "Example Telecom: Meijiang and Meixian"
    assert example("【{operator}】{case}", "zh", case="7") == "【示例通信】7"


values = st.dictionaries(st.sampled_from(sorted(NOTICE_FIELDS)), st.none() | st.text(max_size=5))
parts = st.lists(st.sampled_from(["，", "a", "{area}", "[ {eta}]", "[{since}-{eta}]", "{hotline}"]), max_size=8)


@given(parts.map("".join), values)
def test_rendering_fails_exactly_when_a_required_field_is_unknown(template: str, fields: dict[str, str | None]) -> None:
    lacking = {name for name in required(template) if not fields.get(name)}
    if not lacking:
        assert isinstance(render(template, fields), str)
        return
    with pytest.raises(TemplateError) as caught:
        render(template, fields)
    assert caught.value.field in lacking
