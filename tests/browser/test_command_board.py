"""The command board under somebody's hand: rows hold still, one press of "Seen" quiets the room, a laptop that slept says so, a wall
turns its pages."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Route, expect

from command.network import geography
from tests.browser.conftest import Site
from tests.browser.test_boards import opened, row

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ORDER = "rows => rows.map(row => row.dataset.card)"


def order(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(".incident-row", ORDER)
    return found


@pytest.mark.proves("D2")
def test_rows_hold_still_under_the_pointer_and_go_on_when_it_leaves(site: Site, page: Page) -> None:
    first, second = site.stage.report(elements=["CELL-1"]), site.stage.report(elements=["CELL-4"])
    opened(page, site, "/board?lang=en")
    page.mouse.move(5, 5)
    page.locator(row(first)).hover()
    page.mouse.move(*[side + 3 for side in _middle(page, row(first))])
    stood = page.locator(row(first)).bounding_box()
    site.stage.act("ada", second, "regrade", tier=2, reason="it spreads")
    third = site.stage.report(elements=["CELL-3"])
    paused = page.locator("[data-paused]")
    expect(paused).to_contain_text("1 new, 1 changed")
    expect(page.locator(f"{row(second)} .tier")).to_have_text("Tier II")
    assert order(page) == [first, second], "renewed in place, and nothing moved"
    expect(page.locator("[data-sound]")).to_have_attribute("data-state", "on")
    assert page.locator(row(first)).bounding_box() == stood, "neither the alert nor the sound's switch pushed it away"
    expect(page.locator("[data-tier-count='4']")).to_have_text("2")
    page.mouse.move(5, 5)
    expect(page.locator(row(third))).to_be_visible()
    expect(paused).to_be_hidden()
    assert order(page) == [second, first, third]


def _middle(page: Page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.proves("D2")
def test_rows_hold_still_while_the_keyboard_is_among_them_until_told_to_go_on(site: Site, page: Page) -> None:
    first = site.stage.report(elements=["CELL-1"])
    opened(page, site, "/board?lang=en")
    page.focus(f"{row(first)} a")
    second = site.stage.report(elements=["CELL-4"])
    paused = page.locator("[data-paused]")
    expect(paused).to_be_visible()
    expect(page.locator(row(second))).to_have_count(0)
    paused.click()
    expect(page.locator(row(second))).to_be_visible()


@pytest.mark.proves("D2", "B5")
def test_one_press_of_seen_quiets_every_board_and_survives_a_reload(
    site: Site, page: Page, context: BrowserContext
) -> None:
    other = context.new_page()
    for each in (page, other):
        opened(each, site, "/board?lang=en")
        each.evaluate("() => { window.sounded = 0; window.tocsinSound.alarm = () => { window.sounded += 1; }; }")
    number = site.stage.report(elements=["CELL-1"])
    site.stage.act("ada", number, "regrade", tier=1, reason="a hospital is cut off")
    for each in (page, other):
        expect(each.locator(f"[data-alert^='{number}']")).to_be_visible()
        expect(each.locator("[data-announce]")).to_contain_text(number)
        each.wait_for_function("() => window.sounded >= 1")
    page.reload()
    expect(page.locator("[data-alert]")).to_have_count(1)
    page.get_by_role("button", name="Seen", exact=True).click()
    for each in (page, other):
        expect(each.locator("[data-alert]")).to_have_count(0)
        expect(each.locator(row(number))).to_contain_text("Seen")
    page.reload()
    expect(page.locator("[data-alert]")).to_have_count(0)


def test_the_switch_says_honestly_whether_there_is_sound(site: Site, page: Page) -> None:
    page.clock.install()
    opened(page, site, "/board?lang=en")
    switch = page.locator("[data-sound]")
    if switch.get_attribute("data-state") == "off":
        expect(switch).to_have_text("Sound is off: turn it on")
        switch.click()
        page.clock.run_for(1500)
    page.evaluate("window.tocsinSound.mute()")
    page.clock.run_for(1500)
    expect(switch).to_contain_text("Muted until")
    page.clock.fast_forward("31:00")
    page.clock.run_for(1500)
    expect(switch).not_to_contain_text("Muted until")


@pytest.mark.proves("B5")
def test_a_laptop_that_slept_an_hour_shows_its_age_at_once_and_is_fresh_only_when_asked_anew(
    site: Site, page: Page
) -> None:
    number = site.stage.report(elements=["CELL-1"])
    page.clock.install()
    opened(page, site, "/board?lang=en")
    held: list[Route] = []
    page.route("**/board/state/**", lambda route: held.append(route))
    page.evaluate("() => { window.silences = 0; window.tocsinSound.silent = () => { window.silences += 1; }; }")
    page.clock.fast_forward(3_600_000)
    age = page.locator("[data-age]")
    expect(age).to_be_visible()
    assert int(age.locator("[data-seconds]").inner_text()) >= 3600
    expect(page.locator("body")).to_have_class(re.compile("is-stale"))
    assert page.evaluate("window.silences") == 1
    site.stage.act("ada", number, "assess")
    page.clock.run_for(8000)
    expect(age).to_be_visible()
    assert held, "the state is fetched anew"
    for route in held:
        route.continue_()
    page.unroute("**/board/state/**")
    expect(age).to_be_hidden(timeout=15_000)
    expect(page.locator(row(number))).to_contain_text("Assessed")
    assert page.evaluate("window.notReloaded")


@pytest.mark.proves("D2")
def test_the_map_is_coloured_live_and_a_tile_filters_the_rows_in_the_address(site: Site, page: Page) -> None:
    opened(page, site, "/board?lang=en")
    tile = page.locator("button[data-code='800101']")
    expect(tile).to_have_attribute("data-band", "0")
    first, second = site.stage.report(elements=["CELL-1"]), site.stage.report(area="800201", elements=["CELL-4"])
    expect(tile).to_have_attribute("data-band", "4")
    expect(tile).to_contain_text("67 %")
    tile.click()
    expect(page.locator(row(first))).to_be_visible()
    expect(page.locator(row(second))).to_be_hidden()
    assert "area=800101" in page.url
    page.reload()
    expect(page.locator(row(second))).to_be_hidden()
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(row(second))).to_be_visible()
    page.get_by_role("button", name="Table").click()
    expect(page.locator("tr[data-area]").first).to_contain_text("Meijiang")


def test_the_operators_own_outlines_are_drawn(site: Site, page: Page, tmp_path: Path) -> None:
    ring = [[115.0, 24.0], [115.5, 24.0], [115.5, 24.5], [115.0, 24.5], [115.0, 24.0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    one = {"type": "Feature", "properties": {"code": "800101"}, "geometry": shape}
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [one]}), "utf-8")
    geography.geography(site.stage.database, path)
    site.stage.report(elements=["CELL-1"])
    opened(page, site, "/board?lang=en")
    shape_drawn = page.locator("path[data-code='800101']")
    expect(shape_drawn).to_have_attribute("data-band", "4")
    shape_drawn.click()
    assert "area=800101" in page.url


@pytest.mark.proves("D2")
def test_decisions_are_made_on_the_board(site: Site, page: Page) -> None:
    number = site.stage.report(elements=["CELL-1"])
    opened(page, site, "/board?lang=en")
    mine = page.locator("#decisions")
    mine.get_by_role("button", name="Assess").click()
    expect(page.locator(row(number))).to_contain_text("Assessed")
    expect(mine.get_by_role("button", name="Activate the response")).to_be_visible()


@pytest.mark.proves("D2")
def test_a_wall_turns_its_pages_by_itself_and_never_takes_the_focus(site: Site, page: Page) -> None:
    for _ in range(3):
        for element in ("CELL-1", "CELL-3", "CELL-4", "CELL-5"):
            site.stage.report(elements=[element])
    page.set_viewport_size({"width": 1920, "height": 560})
    page.clock.install()
    opened(page, site, "/board?wall&lang=en")
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator(".pages[data-pages]")).to_have_text(re.compile(r"^1/[2-9]$"))
    visible = page.locator(".incident-row:visible").first
    before = visible.get_attribute("data-card")
    page.clock.run_for(10_500)
    expect(page.locator(".pages[data-pages]")).to_have_text(re.compile(r"^2/[2-9]$"))
    assert page.locator(".incident-row:visible").first.get_attribute("data-card") != before
    assert page.evaluate("document.activeElement === document.body")
    box = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    assert box[0] <= box[1]


@pytest.mark.proves("D2")
def test_eleven_incidents_fit_a_desk_screen_and_no_number_wraps(site: Site, page: Page) -> None:
    for n in range(11):
        number = site.stage.report(elements=[("CELL-1", "CELL-3", "CELL-4", "CELL-5")[n % 4]])
        site.stage.act("ada", number, "assess")
    for language in ("zh", "en"):
        opened(page, site, f"/board?lang={language}")
        assert len(order(page)) == 11
        bottom = page.evaluate(
            "Math.max(...[...document.querySelectorAll('.incident-row')].map(r => r.getBoundingClientRect().bottom))"
        )
        assert bottom <= 900
        heights = page.eval_on_selector_all(".row-id .num", "all => all.map(e => e.getClientRects().length)")
        assert set(heights) == {1}


@pytest.mark.tour
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_board_and_the_wall_have_no_serious_fault(site: Site, page: Page, theme: str) -> None:
    number = site.stage.report(elements=["CELL-1", "CELL-4"])
    site.stage.act("ada", number, "regrade", tier=1, reason="it spreads")
    for address in ("/board?lang=zh", "/board?wall&lang=en"):
        opened(page, site, address)
        page.evaluate("theme => document.documentElement.setAttribute('data-bs-theme', theme)", theme)
        page.wait_for_timeout(300)
        found = Axe().run(page)
        grave = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not grave, [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in grave]
