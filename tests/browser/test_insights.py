"""What somebody sees who looks back: the overview, the curve on the board, and a replay that is dragged, played and shared."""

import re
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser.conftest import Site
from tests.conftest import Time

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DRAWN = "[data-chart][data-drawn=yes]"


def complaints(page: Page) -> list[str]:
    """What the browser complains of from here on: the policy of the page, scripts that fail."""
    found: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            found.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def fits_and_is_clean(page: Page) -> None:
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width
    found = Axe().run(page)
    grave = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not grave, [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in grave]


def story(site: Site, time: Time) -> str:
    """An incident of half an hour that ended twenty minutes ago."""
    time.forward(minutes=-60)
    number = site.stage.report(elements=["CELL-1"])
    time.forward(minutes=9)
    site.stage.act("ada", number, "assess")
    site.stage.act("ada", number, "activate")
    time.forward(minutes=10)
    site.stage.act("ada", number, "regrade", tier=2, reason="a hospital is cut off")
    time.forward(minutes=10)
    site.stage.act("ada", number, "restore", evidence="test calls succeed")
    time.forward(minutes=30)
    return number


@pytest.mark.proves("D7")
def test_a_mark_of_the_overview_leads_to_its_incidents(site: Site, page: Page, time: Time) -> None:
    number = story(site, time)
    heard = complaints(page)
    page.goto(f"{site.url}/overview?lang=en")
    expect(page.locator(DRAWN)).to_have_count(5, timeout=30_000)
    expect(page.locator(".cockpit-figure.verdict-met .verdict").first).to_contain_text("Met")
    fits_and_is_clean(page)
    assert heard == []
    bar = page.locator("[data-chart=response] .barlayer .point path").nth(1)
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#response-5")).to_contain_text(number)
    bars = page.locator("[data-chart=tiers] .barlayer .point path")
    sizes = bars.evaluate_all("paths => paths.map(p => p.getBBox().height)")
    box = bars.nth(max(range(len(sizes)), key=sizes.__getitem__)).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(r"/archive\?from=.*tier=2"))


@pytest.mark.proves("D7")
def test_plotly_is_fetched_when_the_curve_is_opened(site: Site, page: Page, time: Time) -> None:
    number = story(site, time)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    heard = complaints(page)
    page.goto(f"{site.url}/incidents/{number}?lang=en")
    expect(page.locator("[data-board][data-joined=yes]")).to_be_attached()
    assert not any("plotly" in address for address in asked)
    page.locator(".curve-card > summary").click()
    expect(page.locator(f".curve-card {DRAWN}")).to_be_visible(timeout=30_000)
    expect(page.locator(".curve-card .legendtext").first).to_have_text("Affected users")
    page.locator(".curve-card .chart-table summary").click()
    expect(page.locator(".curve-card table")).to_contain_text("Tier II")
    assert sum("plotly" in address for address in asked) == 1
    assert heard == []


@pytest.mark.proves("B6")
def test_a_replay_is_dragged_stepped_played_and_shared(site: Site, page: Page, time: Time) -> None:
    number = story(site, time)
    heard = complaints(page)
    page.goto(f"{site.url}/incidents/{number}/replay?lang=en")
    expect(page.locator("[data-replay][data-loaded=yes]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-trouble]")).to_be_hidden()
    head, slider = page.locator("[data-card=head]"), page.locator("[data-slider]")
    expect(head).to_contain_text("Reported")
    expect(head.locator("time[data-since]")).to_have_text(re.compile("^00:0"))
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.2, 0.4, 0.5):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
    page.mouse.up()
    expect(head.locator(".state-responding")).to_be_visible()
    expect(head.locator(".tier-large")).not_to_have_text("Tier II")
    expect(head.locator("time[data-since]")).to_have_text(re.compile("^1[4-6]:"))
    page.wait_for_url("**at=*")
    page.get_by_role("button", name="Next entry").click()
    expect(head.locator(".tier-large")).to_have_text("Tier II")
    shared = page.evaluate("() => new Promise(done => setTimeout(() => done(location.href), 400))")
    slider.focus()
    page.keyboard.press("End")
    expect(head.locator(".state-restored")).to_be_visible()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", slider.get_attribute("aria-valuetext") or "")
    page.locator("[data-play]").click()
    expect(head.locator(".state-reported")).to_be_visible()
    expect(page.locator("[data-running]")).to_be_visible()
    page.locator("[data-play]").click()
    expect(page.locator("[data-paused]")).to_be_visible()
    fits_and_is_clean(page)
    page.goto(shared)
    expect(page.locator("[data-replay][data-loaded=yes]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-trouble]")).to_be_hidden()
    expect(head.locator(".tier-large")).to_have_text("Tier II")
    expect(head.locator(".state-responding")).to_be_visible()
    assert heard == []


@pytest.mark.proves("B6")
def test_the_command_board_is_replayed_too(site: Site, page: Page, time: Time) -> None:
    number = story(site, time)
    page.goto(f"{site.url}/board/replay?hours=8&lang=en")
    expect(page.locator("[data-replay][data-loaded=yes]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-trouble]")).to_be_hidden()
    page.get_by_role("button", name="Previous entry").click()
    expect(page.locator(f'[data-card="{number}"]')).to_contain_text("Restored")
    page.locator("[data-slider]").focus()
    page.keyboard.press("Home")
    expect(page.locator(".incident-row")).to_have_count(0)
    page.get_by_role("button", name="Next entry").click()
    expect(page.locator(f'[data-card="{number}"]')).to_contain_text("Reported")


@pytest.mark.proves("D7")
@pytest.mark.parametrize(
    ("language", "theme", "words"), [("en", "dark", "Incidents by tier"), ("zh", "light", "各等级事件数")]
)
def test_a_chart_is_taken_away_as_a_picture_in_the_language_and_theme_of_the_page(
    site: Site, page: Page, time: Time, language: str, theme: str, words: str
) -> None:
    number = story(site, time)
    heard = complaints(page)
    page.add_init_script(
        f"document.addEventListener('DOMContentLoaded', () => document.documentElement.dataset.bsTheme = '{theme}')"
    )
    for address, chart, title in (("/overview", "tiers", words), (f"/incidents/{number}/gantt", "gantt", number)):
        page.goto(f"{site.url}{address}?lang={language}")
        expect(page.locator(f"[data-chart={chart}][data-drawn=yes]")).to_be_visible(timeout=30_000)
        taken = {}
        for form in ("png", "svg"):
            with page.expect_download(timeout=30_000) as waited:
                page.locator(f"[data-picture={chart}][data-form={form}]").click()
            taken[form] = waited.value
            assert waited.value.suggested_filename.endswith(f"{chart}{'' if chart == 'gantt' else _days(page)}.{form}")
        picture = Image.open(taken["png"].path()).convert("RGB")
        assert picture.width == 2400 and picture.height >= 600
        ground = picture.getpixel((3, picture.height - 3))
        assert (ground == (255, 255, 255)) == (theme == "light"), ground
        assert len(picture.getcolors(maxcolors=2**24) or ()) > 50, "something is drawn"
        svg = ElementTree.parse(taken["svg"].path()).getroot()
        assert svg.tag.endswith("svg") and svg.get("width") == "1200"
        assert title in "".join(svg.itertext())
    assert heard == []


def _days(page: Page) -> str:
    """The period of the form, as file names end with it."""
    return "".join(f"-{page.locator(f'[name={name}]').input_value()}" for name in ("from", "to"))
