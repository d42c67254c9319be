"""A drill by clicks: a trainer plans and announces it, two supervisors agree, it runs on the console, a player reports and decides on a
phone, an evaluator observes on another, and it ends in a report that is signed. Nobody outside of it hears of anything."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.engine import injects
from command.messages.models import Delivery
from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.browser.access import assert_accessible
from tests.browser.conftest import PASSWORD, Site, sign_in
from tests.conftest import Time

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
CAST = {
    "parts.commander.0": "Ada",
    "parts.desk_lead.0": "Kef",
    "parts.billing_engineer.0": "Eng",
    "parts.operations_officer.0": "Dou",
    "parts.security_officer.0": "Sec",
    "parts.evaluator.0": "Aud",
    "supervisors.0": "Dep",
    "supervisors.1": "Ops",
}


@pytest.fixture
def seat(chromium: Browser, site: Site) -> Iterator[Any]:
    """A signed-in page of somebody: `seat("tra")` at a desk, `seat("kef", PHONE)` on a phone."""
    opened: list[Any] = []
    hashed = passwords.hashed(PASSWORD)

    def sit(username: str, size: dict[str, int] | None = None) -> Page:
        def word(session: Session) -> None:
            people.set_password(session, session.get_one(Person, site.stage.people[username]), hashed)

        site.stage.database.write(word)
        context = chromium.new_context(viewport=size or DESK, reduced_motion="reduce")  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        sign_in(page, site, username)
        return page

    yield sit
    for context in opened:
        with closing(context):
            pass


def planned(page: Page, site: Site, time: Time) -> str:
    """The trainer plans the drill on its form; the code it got."""
    page.goto(f"{site.url}/drills?lang=en")
    page.get_by_role("link", name="Plan a drill").click()
    page.get_by_role("link", name="Complaints after a change of tariff").click()
    page.get_by_label("Name of the drill").fill("Tariff change, autumn")
    page.locator("[name=mode][value=simulation]").check(force=True)
    page.get_by_label("On the clock of").fill("UTC")
    page.get_by_label("Begins").fill(f"{time.now() + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.get_by_label("Area").select_option("80")
    for field, name in CAST.items():
        box = page.locator(f"[name='{field}']")
        box.fill(name)
        expect(page.locator("[role=option]:visible").filter(has_text=name).first).to_be_visible()
        box.press("Enter")
    page.locator(".plan-keep button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tariff change, autumn")
    return page.url.rsplit("/", 1)[1].partition("?")[0]


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def begun(site: Site, seat: Any, trainer: Page, code: str) -> None:
    """Both supervisors agree, each at their own desk, and the trainer lets it begin."""
    for username in ("dep", "ops"):
        supervisor = seat(username)
        supervisor.goto(f"{site.url}/drills/{code}?lang=en")
        press(supervisor, "I agree to this drill")
        expect(supervisor.locator(".drill-mine")).to_contain_text("You agreed to it")
    trainer.goto(f"{site.url}/drills/{code}?lang=en")
    press(trainer, "Begin now")
    trainer.goto(f"{site.url}/drills/{code}/console?lang=en")
    trainer.evaluate("window.notReloaded = true")


def inject(page: Page, number: int) -> Locator:
    return page.locator(f"#inject-{number}")


def reported(site: Site, player: Page, code: str) -> None:
    """On a phone: what was put to the player is read, and the incident reported as an exercise."""
    player.goto(f"{site.url}/drills/{code}/play?lang=en")
    expect(inject(player, 1)).to_be_visible()
    expect(player.locator("main")).not_to_contain_text("Expected")
    assert_accessible(player)
    player.get_by_role("link", name="Report the incident of the drill").click()
    player.get_by_label("Users or elements affected").fill("20")
    press(player, "Report it as an exercise")
    player.wait_for_url(re.compile("/(incidents/D-|drills/[^/]+/play)"))
    player.goto(f"{site.url}/drills/{code}/play?lang=en")
    player.locator(".play-incident").click()
    expect(player.locator("html[data-exercise]")).to_be_attached()
    expect(player.get_by_role("note").first).to_contain_text("[DRILL] This is an exercise. Nothing here is real.")


def observed(site: Site, evaluator: Page, code: str) -> None:
    """On another phone: a note and a rating beside what the run has measured."""
    evaluator.goto(f"{site.url}/drills/{code}/observe?lang=en")
    first = evaluator.locator("section.watch").first
    first.get_by_label("Note").fill("Grouped the calls by tariff within three minutes.")
    first.get_by_role("button", name="Keep the note").click()
    expect(first.locator(".watch-notes")).to_contain_text("Grouped the calls")
    for section in evaluator.locator("section.watch").all():
        section.locator("[name=rating][value=S]").check(force=True)
        section.get_by_role("button", name="Keep the rating").click()
    expect(evaluator.locator("[name=rating][value=S]:checked")).to_have_count(
        evaluator.locator("section.watch").count()
    )
    assert_accessible(evaluator)


def signed(site: Site, trainer: Page, code: str) -> None:
    trainer.goto(f"{site.url}/drills/{code}/report?lang=en")
    expect(trainer.locator("#objectives")).to_contain_text("Report the scattered complaints as one incident")
    expect(trainer.locator("#notes")).to_contain_text("Grouped the calls")
    expect(trainer.locator("#hotwash")).to_contain_text("The shops heard of it last.")
    assert_accessible(trainer)
    press(trainer, "Sign")
    expect(trainer.locator("main")).not_to_contain_text("Sign the evaluation")


def taken(site: Site, auditor: Page, code: str) -> None:
    """Whoever may take copies takes one, marked as of an exercise."""
    auditor.goto(f"{site.url}/drills/{code}/report?lang=en")
    with auditor.expect_download() as copy:
        auditor.get_by_role("button", name="PDF").click()
    assert copy.value.path().read_bytes().startswith(b"%PDF")


@pytest.mark.proves("R9", "R7", "B3")
def test_a_drill_from_its_plan_to_the_signed_report(site: Site, seat: Any, time: Time) -> None:
    trainer, player, evaluator = seat("tra"), seat("kef", PHONE), seat("aud", PHONE)
    code = planned(trainer, site, time)
    player.goto(f"{site.url}/drills?lang=en")
    player.get_by_role("link", name="Tariff change, autumn").click()
    press(player, "I take part")

    begun(site, seat, trainer, code)
    injects.run_once(site.stage.installation)
    expect(inject(trainer, 1)).to_contain_text("Put to them")
    reported(site, player, code)
    injects.run_once(site.stage.installation)
    expect(inject(trainer, 1)).to_contain_text("seen in the journal")

    time.forward(minutes=5)
    injects.run_once(site.stage.installation)
    commander = seat("ada")
    commander.goto(f"{site.url}/drills/{code}/play?lang=en")
    inject(commander, 2).get_by_text("Halt the disputed charges and check meanwhile").click()
    press(commander, "Answer")
    expect(inject(trainer, 2)).to_contain_text("Halt the disputed charges")
    observed(site, evaluator, code)
    assert trainer.evaluate("window.notReloaded"), "the console went on by itself"

    press(trainer, "End the drill")
    player.goto(f"{site.url}/drills/{code}/hotwash?lang=en")
    player.get_by_label("In your words").fill("The shops heard of it last.")
    press(player, "Say it")
    signed(site, trainer, code)
    taken(site, evaluator, code)
    with site.stage.database.read() as session:
        assert not session.scalar(select(func.count()).where(Delivery.exercise.is_(False)))
