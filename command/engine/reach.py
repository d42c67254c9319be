"""The cycle that goes on to the next way of reaching somebody: when the wait of the last one is over, when it failed, when its gateway is
down. What is due is in rows, and a page's methods go out under its lock, so two engines never use one twice."""

from dataclasses import replace

import structlog
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.messages import breakers, gateways
from command.messages.models import EXERCISE_GATEWAY
from command.oncall.paging import links, methods, service, wording
from command.oncall.paging.elsewhere import Reach

BATCH = 50
ACTOR = "system:reach"
log = structlog.get_logger()


def run_once(installation: Installation) -> bool:
    """Send the methods that are due; True when there may be more. Each page has a unit of work of its own: one that fails is logged and
    tried again in the next round, the others go on."""
    with installation.database.read() as session:
        down = _down(session, installation)
        due = methods.due(session, down, BATCH)
    if not due:
        return False
    made = road(installation, down)
    went = 0
    for page_id, chain_id in due:
        try:
            installation.database.background(
                lambda s, page_id=page_id, chain_id=chain_id: methods.go_on(s, page_id, chain_id, made),  # type: ignore[misc]
                actor=ACTOR,
            )
            went += 1
        except Exception:
            log.exception("method.failed", page=page_id)
    return went == BATCH


def road(installation: Installation, down: frozenset[str] = frozenset()) -> service.Road:
    """How pages leave this installation now."""
    exercise = gateways.configured(installation, EXERCISE_GATEWAY)
    reach = reach_of(installation)
    return service.Road(
        live=reach.ways.get("sms", wording.Ways(code=False, link=False)),
        exercise=wording.ways([gateways.capabilities(exercise)] if exercise else []),
        link=links.maker(installation),
        reach=replace(reach, down=down),
    )


def reach_of(installation: Installation) -> Reach:
    """What people can be reached by here, from the settings."""
    given = gateways.live(installation.settings)
    kinds: set[str] = {one.channel for one in given}
    ways = {kind: wording.ways([gateways.capabilities(one) for one in given if one.channel == kind]) for kind in kinds}
    sms = [one for one in given if one.channel == "sms"]
    takes_replies = [one.sender or gateways.SIMULATED_SENDER for one in sms if gateways.capabilities(one).two_way]
    numbers = [sender for sender in takes_replies if sender.lstrip("+").isdigit()]
    return Reach(
        ways=ways,
        all_two_way=len(takes_replies) == len(sms),
        sms_to=numbers[0] if numbers else None,
        hotline=installation.settings.centre_hotline or installation.settings.hotline,
        zone=installation.settings.tz,
    )


def _down(session: Session, installation: Installation) -> frozenset[str]:
    """Kinds of messages that no gateway carries now: each is stopped or its breaker is open."""
    given = gateways.live(installation.settings)
    return frozenset(one.channel for one in given) - {one.channel for one in breakers.working(session, given)}
