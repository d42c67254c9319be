"""The notice policy over JSON and as a page: what notices keep to, where each rule comes from, and what it means now."""

from typing import Any

from apiflask import APIBlueprint
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from command.incidents import notice_policy_views
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.notice_policy_views import PolicyOut
from command.messages import policy
from command.people.access import access, here
from command.people.language import language

api = APIBlueprint("notice_policy_api", __name__, url_prefix="/api/v1", tag="Notices")
pages = Blueprint("notice_policy", __name__)


@api.get("/notices/policy")
@api.output(PolicyOut)
@access("read")
def read_policy() -> Any:
    """What notices keep to, and where it is quiet now."""
    with here().database.read() as session:
        return notice_policy_views.out(session, language())


@pages.get("/notices/policy")
@access("read")
def page() -> ResponseReturnValue:
    """The policy in words, with what it means now."""
    with here().database.read() as session:
        rule = policy.current(session)
        kept = policy.settings(session).quiet_hours
        zones = notice_policy_views.zones(session, rule, language())
    tongue = 0 if language() == "zh" else 1
    words = {
        "tiers": {tier: said[tongue] for tier, said in TIER_WORDS.items()},
        "kinds": {str(kind): said[tongue] for kind, said in KIND_WORDS.items()},
    }
    return render_template(
        "incidents/notice_policy.html",
        rule=rule,
        kept=kept,
        zones=zones,
        said=words,
        calls_on=here().settings.call_critical,
    )
