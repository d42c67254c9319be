"""An engineer half awake, one hand, a bad connection: the page behind the SMS at 390 px, without scripts, in both languages."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import update

from command.core.settings import GatewaySettings, Settings
from command.people.models import Person
from tests.browser.conftest import Site
from tests.field.conftest import Phone, jpeg

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 844}
TARGET = 48
BAD_LINE = {"offline": False, "latency": 800, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
"""50 kbit/s each way, 800 ms of delay."""
WAIT = 5.0
"""Seconds until the first button can be pressed."""
MOST_BYTES, MOST_REQUESTS = 40_000, 2


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a gateway that carries links."""
    return settings.model_copy(update={"gateways": (GatewaySettings(name="sms", transport="simulated"),)})


@pytest.fixture
def phone(site: Site) -> Phone:
    """The phone of the engineer on technical duty, who was just paged."""
    site.stage.responding("CELL-1", "CELL-2")
    site.stage.engine()
    return Phone(site.stage, "eng")


@pytest.fixture
def held(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone's browser that runs no scripts."""
    opened = chromium.new_context(viewport=PHONE, java_script_enabled=False, has_touch=True, is_mobile=True)
    yield opened
    opened.close()


def speak(phone: Phone, language: str) -> None:
    change = update(Person).where(Person.id == phone.person_id).values(language=language)
    phone.stage.database.write(lambda session: session.execute(change))


def test_the_button_is_there_within_five_seconds_on_a_bad_line(site: Site, phone: Phone, held: BrowserContext) -> None:
    page = held.new_page()
    line = held.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", BAD_LINE)
    asked: list[str] = []
    taken: list[float] = []
    line.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    line.on("Network.loadingFinished", lambda event: taken.append(event["encodedDataLength"]))
    begun = time.monotonic()
    page.goto(site.url + phone.link, wait_until="commit")
    button = page.get_by_role("button", name="Acknowledge", exact=True)
    button.click(trial=True, timeout=WAIT * 1000)
    waited = time.monotonic() - begun
    page.wait_for_load_state("load")
    fetched = [url for url in asked if not url.startswith("data:")]
    print(f"clickable after {waited:.2f} s, {len(fetched)} requests, {sum(taken):.0f} bytes")
    assert waited < WAIT
    assert 1 <= len(fetched) <= MOST_REQUESTS, fetched
    assert 0 < sum(taken) <= MOST_BYTES
    button.click()
    expect(page.get_by_text("You acknowledged this page at")).to_be_visible(timeout=15_000)


@pytest.mark.proves("R6")
def test_a_night_by_thumb_without_scripts(site: Site, phone: Phone, held: BrowserContext, tmp_path: Path) -> None:
    page = held.new_page()
    page.goto(site.url + phone.link)
    bar = page.locator(".next")
    bar.get_by_role("button", name="Acknowledge").tap()
    bar.get_by_role("button", name="30 min").tap()
    expect(page.get_by_text("The command centre expects you at")).to_be_visible()
    bar.get_by_role("button", name="On scene").tap()
    page.get_by_text("Note or photo", exact=True).tap()
    page.get_by_label("Note", exact=True).fill("cut by an excavator")
    photo = tmp_path / "IMG_0001.heic"
    photo.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    page.get_by_label("Photo").set_input_files(photo)
    page.get_by_role("button", name="Send", exact=True).tap()
    expect(page.get_by_role("alert")).to_contain_text("HEIC")
    expect(page.get_by_label("Note", exact=True)).to_have_value("cut by an excavator")
    photo = tmp_path / "IMG_0002.jpg"
    photo.write_bytes(jpeg())
    page.get_by_label("Photo").set_input_files(photo)
    page.get_by_role("button", name="Send", exact=True).tap()
    expect(page.get_by_text("notes 0, photos 1")).to_be_visible()
    page.reload()
    bar.get_by_role("button", name="Done").tap()
    expect(page.get_by_text("You reported done at")).to_be_visible()
    assert phone.page().response == "done"
    assert len(phone.journal("photo.added")) == 1


def test_who_needs_help_or_cannot_come_says_so_in_two_taps(site: Site, phone: Phone, held: BrowserContext) -> None:
    page = held.new_page()
    page.goto(site.url + phone.link)
    page.get_by_text("Need help", exact=True).tap()
    page.get_by_role("button", name="Ask for help now").tap()
    expect(page.get_by_text("You asked for help at")).to_be_visible()
    page.get_by_text("Cannot come", exact=True).tap()
    page.get_by_label("Why? (optional)").fill("the road is flooded")
    page.get_by_role("button", name="I cannot come").tap()
    expect(page.get_by_text("You cannot come. The next person is being called.")).to_be_visible()
    expect(page.get_by_text("the road is flooded")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "scheme"),
    [
        ("zh", "dark"),
        *(pytest.param(*way, marks=pytest.mark.tour) for way in (("zh", "light"), ("en", "dark"), ("en", "light"))),
    ],
)
def test_every_state_fits_is_big_enough_and_has_no_serious_fault(
    chromium: Browser, site: Site, phone: Phone, language: str, scheme: Any
) -> None:
    speak(phone, language)
    context = chromium.new_context(viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    for do, typed in (
        ("", {}),
        ("acknowledge", {}),
        ("en_route", {"minutes": "30"}),
        ("help", {}),
        ("on_scene", {}),
        ("done", {}),
    ):
        if do:
            phone.send(do, **typed)
        page.goto(site.url + phone.link)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, do
        small = page.evaluate(
            "least => [...document.querySelectorAll('button, summary, input:not([type=hidden]), textarea, a')]"
            ".filter(each => each.getBoundingClientRect().height < least).map(each => each.outerHTML)",
            TARGET,
        )
        assert not small, (do, small)
        found = Axe().run(page)
        grave = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not grave, (do, [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in grave])
    page.goto(f"{site.url}/p/1.forged")
    assert not [v for v in Axe().run(page).response["violations"] if v["impact"] in ("serious", "critical")]
    context.close()


def test_the_board_shows_the_photo_and_who_needs_help(site: Site, phone: Phone, page: Page) -> None:
    number = phone.page().incident_number
    phone.press("on_scene")
    page.goto(f"{site.url}/incidents/{number}?lang=en")
    expect(page.locator("[data-board][data-joined=yes]")).to_be_attached()
    expect(page.locator("[data-card=pages] .response")).to_contain_text("On scene")
    phone.press("help", note="a second splicer")
    expect(page.locator("[data-card=pages] .needs-help")).to_be_visible()
    assert phone.send("note", ("x.jpg", jpeg()), note="the cut").status_code == 303
    shot = page.locator("[data-card=field] img")
    expect(shot).to_be_visible()
    page.wait_for_function("() => document.querySelector('[data-card=field] img').naturalWidth > 0")
    page.goto(f"{site.url}/board?lang=en")
    expect(page.locator(f'[data-card="{number}"]')).to_contain_text("1 need help")
