"""Reporting an incident as people do: by keyboard in under half a minute, on a phone, with what it brings shown while they type."""

import time as wall

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Site, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

A_KEY = 150
"""Milliseconds between two keys."""
AT_MOST = 30.0
"""Seconds from the page asked for to the incident's own page."""
SHOWN = "#report :is(input, textarea, select):visible"


@pytest.mark.proves("R5", "R13")
def test_an_incident_is_reported_by_keyboard_alone_in_under_thirty_seconds(site: Site, page: Page) -> None:
    keyboard = page.keyboard

    def type_(text: str) -> None:
        keyboard.type(text, delay=A_KEY)

    def press(*keys: str) -> None:
        for key in keys:
            page.wait_for_timeout(A_KEY)
            keyboard.press(key)

    page.goto(f"{site.url}/board?lang=en")
    begun = wall.monotonic()
    page.goto(f"{site.url}/incidents/report?lang=en")
    type_("Microwave link down, no signal in Meijiang")
    press("Tab", "Tab")
    type_("meij")
    press("Tab", "Space", "Tab", "Space", "Tab", "Tab", "ArrowRight", "ArrowRight", "Tab", "Tab")
    while page.evaluate("document.activeElement.id") != "affected":
        press("Tab")
    type_("CELL-1 25")
    press("Control+Enter")
    page.wait_for_url("**/incidents/2*")
    took = wall.monotonic() - begun
    print(f"{took:.1f} s")
    number = page.url.rsplit("/", 1)[1].split("?")[0]
    made = site.stage.get("ada", f"/api/v1/incidents/{number}").get_json()
    assert (made["kind"], made["area"]["code"]) == ("network_fault", "800101")
    assert made["affected"]["now"] == 25 and made["occurred_at"] < made["reported_at"]
    assert {row["service"] for row in made["impact"] if row["declared"]} == {"voice", "mobile_data"}
    assert took < AT_MOST


@pytest.mark.proves("R5", "D1")
def test_at_most_six_questions_and_what_it_brings_is_shown_while_one_types(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/incidents/report?lang=en")
    questions = "all => all.map(each => each.closest('fieldset')?.querySelector('legend').textContent ?? each.name)"
    asked = page.eval_on_selector_all(SHOWN, questions)
    assert len(set(asked)) <= 6, asked
    outlook = page.locator("#outlook")
    expect(page.locator("#summary")).to_be_focused()
    page.keyboard.type("cable cut")
    expect(outlook.locator(".outlook-tier")).to_contain_text("Tier IV")
    expect(page.locator("#kind option[data-guess]")).to_have_text("By the words: network fault")
    expect(outlook.locator(".is-missing")).to_have_count(3)
    page.fill("#affected", "CORE")
    expect(outlook.locator(".outlook-tier")).to_contain_text("Tier II")
    expect(outlook).to_contain_text("two prefectures or more")
    expect(outlook.locator(".outlook-facts")).to_contain_text("50")
    expect(page.locator("#report-line")).to_contain_text("Tier II")
    expect(outlook.locator(".chains li").first).to_contain_text("at once")
    expect(outlook.locator(".is-missing")).to_have_count(2)
    outlook.locator(".facts a", has_text="user feedback").click()
    expect(page.locator("#feedback")).to_be_focused()
    page.keyboard.type("forty calls")
    expect(outlook.locator(".is-missing")).to_have_count(1)


@pytest.mark.proves("R14")
def test_an_open_incident_is_offered_and_takes_what_was_typed(site: Site, page: Page) -> None:
    number = site.stage.report(elements=["CELL-1"], summary="Fibre cable cut at the bridge")
    page.goto(f"{site.url}/incidents/report?lang=en")
    expect(page.locator("#summary")).to_be_focused()
    page.keyboard.type("the cable at the bridge in Meijiang is cut")
    offered = page.locator(".alike", has_text=number)
    expect(offered).to_contain_text("same area")
    expect(page.locator(".outlook .hint")).to_contain_text("Meijiang")
    page.get_by_role("button", name="Use this area").click()
    expect(page.locator("#area")).to_have_value("800101 Meijiang")
    offered.get_by_role("button", name="Add to this one instead").click()
    page.wait_for_url(f"**/incidents/{number}")
    lines = site.stage.get("ada", f"/api/v1/incidents/{number}/journal").get_json()["items"]
    assert any("the cable at the bridge in Meijiang is cut" in line["text"]["en"] for line in lines)
    assert len(site.stage.get("ada", "/api/v1/incidents").get_json()["items"]) == 1


def test_the_box_of_areas_is_worked_by_keyboard(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/incidents/report?lang=en")
    box = page.locator("#area")
    box.focus()
    page.keyboard.type("8002")
    first = page.locator("#area-list [role=option]").first
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#area-list [role=option]").nth(1)).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == page.locator("#area-list [role=option]").nth(1).get_attribute(
        "id"
    )
    page.keyboard.press("Enter")
    expect(box).to_have_value("800201 Yunmen")
    expect(page.locator("#area-list")).to_be_hidden()
    page.keyboard.type("zzz")
    page.keyboard.press("Escape")
    expect(page.locator("#area-list")).to_be_hidden()


@pytest.mark.proves("R13")
def test_without_scripts_a_report_is_made_and_a_mistake_loses_nothing(site: Site, context: BrowserContext) -> None:
    browser = context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    sign_in(page, site)
    page.goto(f"{site.url}/incidents/report?lang=en")
    page.fill("#summary", "no tone at the hospital")
    page.fill("#area", "mei")
    page.get_by_role("button", name="Look first").click()
    expect(page.locator("#problem")).to_contain_text("Several areas are like mei")
    expect(page.locator("#summary")).to_have_value("no tone at the hospital")
    page.fill("#area", "800101")
    page.get_by_role("button", name="Look first").click()
    expect(page.locator(".outlook-tier")).to_contain_text("Tier IV")
    page.get_by_role("button", name="Report", exact=False).last.click()
    page.wait_for_url("**/incidents/2*")
    plain.close()


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.tour)])
def test_the_page_fits_every_width_and_has_no_serious_fault(site: Site, page: Page, language: str) -> None:
    site.stage.report(elements=["CELL-1"], summary="Fibre cable cut at the bridge")
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(f"{site.url}/incidents/report?lang={language}")
        page.keyboard.type("cable cut 光缆 Meijiang")
        expect(page.locator(".alike")).to_be_visible()
        page.locator("#more summary").click()
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, width
        found = Axe().run(page)
        grave = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not grave, [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in grave]
