"""What a commander sees: the board moves by itself, catches up after a cut, and says how old it is."""

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.browser.access import assert_accessible, assert_fits
from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (390, 1280, 1920)
JOINED = "[data-board][data-joined=yes]"
GREY = re.compile(r"\bis-stale\b")


def opened(page: Page, site: Site, address: str) -> None:
    """A board, joined: from here on nothing is fetched by loading the page again."""
    page.goto(f"{site.url}{address}")
    expect(page.locator(JOINED)).to_be_attached()
    page.evaluate("window.notReloaded = true")


def row(number: str) -> str:
    return f'[data-card="{number}"]'


@pytest.mark.proves("D2", "B5")
def test_the_command_board_changes_without_reload(site: Site, page: Page) -> None:
    opened(page, site, "/board?lang=en")
    expect(page.locator(".nothing")).to_be_visible()
    number = site.stage.report(elements=["CELL-1"])
    expect(page.locator(row(number))).to_contain_text("Reported")
    expect(page.locator(row(number))).to_contain_text("20")
    site.stage.act("ada", number, "assess")
    site.stage.act("ada", number, "regrade", tier=1, reason="a hospital is cut off")
    expect(page.locator(f"{row(number)} .tier")).to_have_text("Tier I")
    expect(page.locator("[data-tier-count='1']")).to_have_text("1")
    site.stage.act("ada", number, "cancel", reason="a test call")
    expect(page.locator(row(number))).to_have_count(0)
    expect(page.locator(".nothing")).to_be_visible()
    assert page.evaluate("window.notReloaded")


@pytest.mark.proves("D2", "B5")
def test_worse_incidents_stand_above_the_others(site: Site, page: Page) -> None:
    first, second = site.stage.report(elements=["CELL-1"]), site.stage.report(elements=["CELL-4"])
    opened(page, site, "/board?lang=en")
    assert page.eval_on_selector_all(".incident-row", "rows => rows.map(r => r.dataset.card)") == [first, second]
    site.stage.act("ada", second, "regrade", tier=2, reason="it spreads")
    expect(page.locator(".incident-row").first).to_have_attribute("data-card", second)


@pytest.mark.proves("B5")
def test_the_incident_board_catches_up_after_a_cut_connection(site: Site, page: Page, context: BrowserContext) -> None:
    number = site.stage.responding("CELL-1")
    opened(page, site, f"/incidents/{number}?lang=en")
    expect(page.locator("[data-card=head] .state-responding")).to_be_visible()
    site.stop()
    expect(page.locator(JOINED)).not_to_be_attached()
    assert site.stage.act("ada", number, "restore", evidence="test calls succeed") == 200
    site.start()
    expect(page.locator("[data-card=head] .state-restored")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-card=latest]")).to_contain_text("test calls succeed")
    assert page.evaluate("window.notReloaded")


@pytest.mark.proves("B5")
def test_what_was_missed_is_asked_for_once_a_second(site: Site, page: Page) -> None:
    site.stage.report(elements=["CELL-1"])
    lines: list[WebSocketRoute] = []
    asks: list[str] = []

    def between(line: WebSocketRoute) -> None:
        server = line.connect_to_server()

        def passes(message: str | bytes) -> None:
            if isinstance(message, str) and '"ask"' in message:
                asks.append(message)
            else:
                server.send(message)

        line.on_message(passes)
        server.on_message(line.send)
        lines.append(line)

    page.route_web_socket("**/socket.io/**", between)
    page.clock.install()
    opened(page, site, "/board?lang=en")
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)
    stream = page.get_attribute("[data-board]", "data-stream")

    def told(*messages: list[object]) -> None:
        """Told all of this, and then to fetch the board, which it does last."""
        with page.expect_response("**/board/state/**"):
            for each in (*messages, ["refetch", {}]):
                lines[-1].send(f"42/board,{json.dumps(each)}")

    behind: list[object] = ["beat", {"room": "command", "stream": stream, "seq": 10_000}]
    told(*[behind] * 20)
    assert len(asks) == 1
    page.clock.run_for(1_000)
    told(*[behind] * 20)
    assert len(asks) == 2


@pytest.mark.proves("B5")
def test_a_silent_board_says_how_old_it_is_and_greys(site: Site, page: Page) -> None:
    site.stage.report(elements=["CELL-1"])
    page.clock.install()
    opened(page, site, "/board?lang=en")
    age, body = page.locator("[data-age]"), page.locator("body")
    seconds = age.locator("[data-seconds]")
    page.evaluate("() => { window.silences = 0; window.tocsinSound.silent = () => { window.silences += 1; }; }")
    site.stop()
    expect(page.locator(JOINED)).not_to_be_attached()
    begun = page.evaluate("Date.now()")
    page.clock.pause_at(begun / 1000 + 1)

    def at_age(wanted: int) -> None:
        shown = int(seconds.text_content() or 0)
        page.clock.run_for((wanted - shown) * 1000)
        expect(seconds).to_have_text(str(wanted))

    at_age(9)
    expect(age).to_be_hidden()
    at_age(10)
    expect(age).to_be_visible()
    at_age(29)
    expect(body).not_to_have_class(GREY)
    at_age(30)
    expect(body).to_have_class(GREY)
    at_age(59)
    assert page.evaluate("window.silences") == 0
    at_age(60)
    at_age(90)
    assert page.evaluate("window.silences") == 1
    site.start()
    page.clock.resume()
    expect(age).to_be_hidden(timeout=30_000)
    expect(body).not_to_have_class(GREY)


@pytest.mark.proves("R6")
def test_a_task_is_done_on_the_board_and_a_refusal_shows_its_remedy(site: Site, page: Page) -> None:
    number = site.stage.responding("CELL-1")
    opened(page, site, f"/incidents/{number}?lang=en")
    done = page.locator("[data-card='tasks:technical'] button[data-post$=done]").first
    title = done.get_attribute("aria-label") or ""
    done.click()
    expect(page.locator(f"[data-card='tasks:technical'] button[aria-label='{title}']")).to_have_count(0)
    base = f"/api/v1/incidents/{number}/objectives"
    goal = site.stage.post("ada", base, text="Hospitals first").get_json()["id"]
    page.get_by_role("button", name="Drop: Hospitals first").click()
    page.fill("#ask [name=answer]", "overtaken")
    assert site.stage.post("ada", f"{base}/{goal}/actions/drop", reason="sooner").status_code == 200
    page.click("#ask button[value=ok]")
    expect(page.locator("#refusal")).to_be_visible()
    assert page.locator("#refusal [data-remedy]").inner_text()
    assert page.evaluate("window.notReloaded")


@pytest.mark.proves("B5")
def test_signing_out_elsewhere_takes_the_board_away(site: Site, page: Page, context: BrowserContext) -> None:
    opened(page, site, "/board?lang=en")
    other = context.new_page()
    other.goto(f"{site.url}/me")
    other.locator("details.menu summary").click()
    other.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in**")


@pytest.mark.tour
@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_boards_fit_every_width_and_have_no_serious_fault(site: Site, page: Page, language: str) -> None:
    number = site.stage.responding("CELL-1", "CELL-4")
    site.stage.report(kind="service_interruption", elements=["CELL-5"])
    site.stage.engine()
    for address in ("/board", f"/incidents/{number}"):
        opened(page, site, f"{address}?lang={language}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert_fits(page)
        assert_accessible(page)
