"""What stands around every page, as people use it: by eye in both themes, by thumb, by keyboard alone, without a script."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.access import assert_accessible
from tests.browser.conftest import PASSWORD, Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MINE = ("/me", "/people", "/people?by=group", "/alarms", "/styleguide", "/nothing-here")
SIZES = ({"width": 1920, "height": 1080}, {"width": 390, "height": 844})


def choose_theme(page: Page, site: Site, theme: str) -> None:
    page.goto(f"{site.url}/me?lang=en")
    page.locator(f"main [name=theme][value={theme}]").click()
    page.wait_for_url("**/me")


@pytest.mark.tour
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_page_of_the_house_is_accessible(site: Site, page: Page, theme: str) -> None:
    site.stage.report(elements=["CELL-1"])
    choose_theme(page, site, theme)
    for address in MINE:
        page.goto(f"{site.url}{address}{'&' if '?' in address else '?'}lang={'en' if theme == 'dark' else 'zh'}")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        for size in SIZES:
            page.set_viewport_size(size)
            assert_accessible(page)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_sign_in_page_is_accessible_and_remembers_the_theme(
    site: Site, context: BrowserContext, theme: str
) -> None:
    visitor = context.new_page()
    visitor.goto(f"{site.url}/sign-in?lang=en")
    if theme == "light":
        visitor.get_by_role("button", name="Light theme").click()
    expect(visitor.locator("html")).to_have_attribute("data-bs-theme", theme)
    for size in SIZES:
        visitor.set_viewport_size(size)
        assert_accessible(visitor)


def test_the_theme_of_the_computer_is_followed_at_once(site: Site, page: Page) -> None:
    choose_theme(page, site, "system")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


@pytest.mark.parametrize("address", ["/people?lang=en", "/incidents/{number}?lang=en"])
def test_rail_and_bar_stay_however_far_one_scrolls(site: Site, page: Page, address: str) -> None:
    number = site.stage.responding("CELL-1")
    page.set_viewport_size({"width": 1280, "height": 420})
    page.goto(site.url + address.format(number=number))
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("scrollY") > 420, "there is more than one screen of it"
    for name in (".rail", ".bar"):
        box = page.locator(name).bounding_box()
        assert box and abs(box["y"]) < 1, name


def test_the_keyboard_alone_skips_to_the_content(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/people?lang=en")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.proves("D2")
def test_the_palette_finds_an_incident_a_page_and_an_action_by_keyboard(site: Site, page: Page) -> None:
    number = site.stage.responding("CELL-1")
    page.goto(f"{site.url}/people?lang=en")
    palette, field = page.locator("#palette"), page.get_by_role("combobox")
    page.keyboard.press("Control+k")
    expect(field).to_be_focused()
    expect(palette.get_by_role("option", name=number)).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Tab")
    assert page.evaluate(
        "!document.activeElement || document.activeElement === document.body || "
        "document.activeElement.closest('#palette') !== null"
    ), "focus left the dialog"
    field.focus()
    page.keyboard.type("no such thing anywhere")
    expect(palette.locator(".palette-none")).to_have_text("Nothing has this name here.")
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()

    page.keyboard.press("Control+k")
    page.keyboard.type(number[-3:])
    expect(palette.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/incidents/{number}")

    expect(page.locator("[data-board][data-joined=yes]")).to_be_attached()
    page.keyboard.press("Control+k")
    page.keyboard.type("confirm restor")
    expect(palette.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#act")).to_be_visible()
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")
    page.keyboard.type("alarms")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/alarms")


def test_letters_go_to_pages_but_never_while_somebody_types(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/me?lang=en")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    expect(page.locator("#shortcuts .keys")).to_contain_text("Command board")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("e")
    page.wait_for_url("**/people")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("gb?/ada")
    expect(page.locator("#q")).to_have_value("gb?/ada")
    assert page.url.endswith("/people")


def test_letters_can_be_turned_off_and_the_palette_stays(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/me?lang=en")
    page.locator("[name=shortcuts][value=off]").click()
    page.wait_for_url("**/me")
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.locator("#shortcuts")).to_be_hidden()
    assert page.url.endswith("/me")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()


def test_a_phone_opens_all_pages_and_all_works_without_a_script(chromium: Browser, site: Site) -> None:
    phone = chromium.new_context(viewport=SIZES[1], has_touch=True, is_mobile=True, java_script_enabled=False)
    page = phone.new_page()
    page.goto(f"{site.url}/sign-in?lang=en")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.goto(f"{site.url}/people?lang=en")
    expect(page.locator(".thumb [aria-current=page]")).to_have_count(0)
    expect(page.locator(".rail")).to_be_hidden()
    page.get_by_role("button", name="All pages").click()
    expect(page.locator(".rail [aria-current=page]")).to_have_text(re.compile("People"))
    page.locator(".rail").get_by_role("link", name="Alarms").click()
    page.wait_for_url("**/alarms")
    page.locator("details.menu summary").click()
    page.locator("details.menu").get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/sign-in")
    phone.close()


def test_nothing_moves_where_reduced_motion_is_asked_for(site: Site, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{site.url}/styleguide?lang=en")
    moving = page.evaluate("document.getAnimations().length")
    assert moving == 0
    page.emulate_media(reduced_motion="no-preference")
    page.wait_for_function("() => document.getAnimations().length > 0")


def test_a_name_on_a_narrow_rail_is_read_when_it_is_reached(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/people?lang=en")
    rail, words = page.locator(".rail"), page.locator(".rail [aria-current=page] span")
    box = rail.bounding_box()
    assert box and box["width"] < 80
    page.locator(".rail [aria-current=page]").focus()
    expect(words).to_have_css("opacity", "1")
    page.wait_for_function("() => document.querySelector('.rail').getBoundingClientRect().width > 200")
    assert page.locator("main").bounding_box()["x"] == box["width"], "the page must not move"  # type: ignore[index]
