"""What gateways call: delivery receipts and inbound texts, believed only with the gateway's signature."""

from typing import Any

from apiflask import APIBlueprint
from flask import Flask, current_app, request

from command.core.installation import Installation
from command.core.problems import N_, Denied, Invalid, NotFound, Problem
from command.messages import gateways, inbound
from command.messages.inbox import Inbox, NotDurable
from command.people.access import here, public
from notifiers.base import BadWebhook
from notifiers.twilio_webhooks import parse_inbound, parse_receipt, valid_signature

hooks = APIBlueprint("twilio", __name__, url_prefix="/hooks/twilio", enable_openapi=False)
_SIGNED = "signed by the gateway"


class Unavailable(Problem):
    """It cannot be stored now; send it again (503)."""

    status = 503
    code = "unavailable"


def settle(app: Flask, installation: Installation) -> None:
    """Give an application an inbox for an installation's receipts."""
    app.extensions["tocsin.inbox"] = Inbox(installation.database)


@hooks.post("/<gateway>/status")
@public(_SIGNED)
def status(gateway: str) -> tuple[str, int]:
    """Take one receipt. Answered when it is durable; what came before changes nothing."""
    params = _signed(gateway)
    try:
        receipt = parse_receipt(params, request.args)
    except BadWebhook as error:
        raise _unreadable(error) from error
    inbox: Inbox = current_app.extensions["tocsin.inbox"]
    try:
        inbox.put(gateway, receipt)
    except NotDurable as error:
        raise Unavailable(N_("The receipt could not be stored."), remedy=N_("Send it again.")) from error
    return "", 204


@hooks.post("/<gateway>/inbound")
@public(_SIGNED)
def incoming(gateway: str) -> tuple[str, int]:
    """Take one inbound text, handle it and queue its answer."""
    params = _signed(gateway)
    try:
        came = parse_inbound(params)
    except BadWebhook as error:
        raise _unreadable(error) from error
    house, handlers = here(), current_app.extensions["tocsin.handlers"]
    house.database.write(
        lambda session: inbound.receive(session, gateway, came, handlers, house.keyring), actor="system:hooks"
    )
    return "", 204


def _signed(gateway: str) -> dict[str, str]:
    """The form of this request, if its gateway exists and signed it for our public address (never for a proxied one)."""
    house = here()
    token = gateways.auth_token(house, gateway)
    if token is None:
        raise NotFound(N_("There is no gateway of this name that calls back."), field="gateway")
    query = request.query_string.decode("ascii", "replace")
    url = house.settings.origin + request.path + (f"?{query}" if query else "")
    params: dict[str, Any] = request.form.to_dict()
    if not valid_signature(url, params, request.headers.get("X-Twilio-Signature"), token):
        raise Denied(
            N_("The signature does not match this address and body."),
            field="X-Twilio-Signature",
            remedy=N_("Check the gateway's auth token and that public_url is the address the gateway calls."),
        )
    return params


def _unreadable(error: BadWebhook) -> Invalid:
    field, _, remedy = str(error).partition(": ")
    return Invalid(N_("The callback cannot be read."), field=field, remedy=remedy)
