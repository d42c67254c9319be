"""What the carrier's app says of a push: a receipt, believed only with the shared secret's signature."""

from apiflask import APIBlueprint
from flask import current_app, request

from command.core.problems import N_, Denied, Invalid, NotFound
from command.messages import gateways
from command.messages.hooks import Unavailable
from command.messages.inbox import Inbox, NotDurable
from command.people.access import here, public
from notifiers.base import BadWebhook
from notifiers.push import parse_receipt, valid

hooks = APIBlueprint("push", __name__, url_prefix="/hooks/push", enable_openapi=False)


@hooks.post("/<gateway>")
@public("signed by the app's backend")
def receipt(gateway: str) -> tuple[str, int]:
    """Take one receipt. Answered when it is durable; what came before changes nothing."""
    given = gateways.configured(here(), gateway)
    if given is None or given.channel != "push":
        raise NotFound(N_("There is no gateway of this name that calls back."), field="gateway")
    body = request.get_data()
    if not valid(given.auth_token, dict(request.headers), body):
        raise Denied(
            N_("The signature does not match this body and time."),
            field="Tocsin-Signature",
            remedy=N_("Sign the time, a full stop and the body with the shared secret; check both clocks."),
        )
    try:
        told = parse_receipt(body)
    except BadWebhook as error:
        field, _, remedy = str(error).partition(": ")
        raise Invalid(N_("The callback cannot be read."), field=field, remedy=remedy) from error
    inbox: Inbox = current_app.extensions["tocsin.inbox"]
    try:
        inbox.put(gateway, told)
    except NotDurable as error:
        raise Unavailable(N_("The receipt could not be stored."), remedy=N_("Send it again.")) from error
    return "", 204
