"""The page behind the address in a page's SMS: what it is about and one button, for somebody half awake, without signing in."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import force_locale
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.problems import N_, Conflict, NotFound
from command.oncall import links, service, wording
from command.oncall.models import Escalation, Page
from command.oncall.standing import Standing, standing
from command.people.access import here, public
from command.people.language import HTML, LOCALES, language
from command.people.models import Person

pages = Blueprint("oncall_pages", __name__)
TIERS = {1: N_("Tier I"), 2: N_("Tier II"), 3: N_("Tier III"), 4: N_("Tier IV")}


@pages.get("/p/<token>")
@public("the signed address is the secret: it opens one page for the person paged; looking changes nothing")
def page(token: str) -> Any:
    """What the page is about, and whether it still needs an answer."""
    try:
        with here().database.read() as session:
            called, chain, person = _opened(session, token)
            return _shown(called, chain, person, standing(session, called, chain))
    except NotFound as problem:
        return render_template("oncall/closed.html", problem=problem, language=HTML[language()]), 404


@pages.post("/p/<token>")
@public("the signed address is the secret, so a forged form cannot know it; it acts for the person paged, on one page")
def acknowledge(token: str) -> Any:
    """Acknowledge, then show how the page stands (also when somebody was faster)."""
    try:
        with here().database.read() as session:
            called, _, person = _opened(session, token)
        here().database.write(
            lambda session: service.acknowledge(session, called.id, person.id, "link"), actor=f"person:{person.id}"
        )
    except Conflict:
        pass  # The page shows who was faster, or that it is over.
    except NotFound as problem:
        return render_template("oncall/closed.html", problem=problem, language=HTML[language()]), 404
    return redirect(url_for("oncall_pages.page", token=token), 303)


def _opened(session: Session, token: str) -> tuple[Page, Escalation, Person]:
    """The page of an address, its chain and its person; raise NotFound where the address is forged, old, or the person has left."""
    found = session.get(Page, links.read(here(), token))
    person = session.get(Person, found.person_id) if found else None
    if found is None or person is None or not person.active:
        raise NotFound(N_("This link is not valid."), remedy=N_("Open it from the SMS again, or sign in."))
    links.require_fresh(found.created_at, clock.now(session))
    return found, session.get_one(Escalation, found.escalation_id), person


def _shown(called: Page, chain: Escalation, person: Person, stands: Standing) -> str:
    reader = "zh" if person.language == "zh" else "en"
    zone = ZoneInfo(person.zone) if person.zone else here().settings.tz
    with force_locale(LOCALES[reader]):
        return render_template(
            "oncall/page.html",
            page=called,
            language=HTML[reader],
            tier=TIERS[chain.tier],
            tier_number=chain.tier,
            text=wording.fill(service.template(chain, reader), None, None),
            called_at=called.created_at.astimezone(zone),
            answered_at=called.answered_at.astimezone(zone) if called.answered_at else None,
            name=names.of(person, reader),
            stands=stands.stands,
            taker=names.of(stands.taker, reader) if stands.taker else "",
        )
