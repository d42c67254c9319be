"""What gateways call: delivery receipts, inbound texts, what calls say and hear; believed only with the gateway's signature."""

from collections.abc import Callable, Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.core.problems import N_, Denied, Invalid, NotFound, Problem
from command.messages import calls, gateways, inbound
from command.messages.at_the_door import NOT_DURABLE, signed_url
from command.messages.inbox import Inbox, NotDurable
from command.people.access import here, public
from notifiers.base import BadWebhook, Channel, Receipt
from notifiers.twilio_webhooks import ATTEMPT, parse_call, parse_inbound, parse_receipt, valid_signature

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
    """Take one receipt that was not taken at the door. Answered when it is durable; what came before changes nothing."""
    return _keep(gateway, parse_receipt, "sms")


@hooks.post("/<gateway>/call")
@public(_SIGNED)
def call(gateway: str) -> tuple[str, int]:
    """Take one status of a call, as a receipt."""
    return _keep(gateway, parse_call, "voice")


def _keep(
    gateway: str, parse: Callable[[Mapping[str, str], Mapping[str, str]], Receipt], channel: Channel
) -> tuple[str, int]:
    params = _signed(gateway, channel)
    try:
        receipt = parse(params, request.args)
    except BadWebhook as error:
        raise _unreadable(error) from error
    inbox: Inbox = current_app.extensions["tocsin.inbox"]
    try:
        if NOT_DURABLE in request.environ:
            raise request.environ[NOT_DURABLE]
        inbox.put(gateway, receipt)
    except NotDurable as error:
        raise Unavailable(N_("The receipt could not be stored."), remedy=N_("Send it again.")) from error
    return "", 204


@hooks.post("/<gateway>/inbound")
@public(_SIGNED)
def incoming(gateway: str) -> tuple[str, int]:
    """Take one inbound text, handle it and queue its answer."""
    params = _signed(gateway, "sms")
    try:
        came = parse_inbound(params)
    except BadWebhook as error:
        raise _unreadable(error) from error
    house, handlers = here(), current_app.extensions["tocsin.handlers"]
    house.database.write(
        lambda session: inbound.receive(session, gateway, came, handlers, house.keyring), actor="system:hooks"
    )
    return "", 204


@hooks.post("/<gateway>/voice")
@public(_SIGNED)
def voice(gateway: str) -> Response:
    """What a call that was answered says, in TwiML."""
    _signed(gateway, "voice")
    attempt = request.args.get(ATTEMPT, "")
    with here().database.read() as session:
        return _twiml(calls.words(calls.spoken(session, gateway, attempt), attempt))


@hooks.post("/<gateway>/keys")
@public(_SIGNED)
def keys(gateway: str) -> Response:
    """Take the keys pressed in a call; what it says next, in TwiML."""
    digits, attempt = _signed(gateway, "voice").get("Digits", ""), request.args.get(ATTEMPT, "")
    house, handlers = here(), current_app.extensions["tocsin.handlers"]

    def work(session: Session) -> str:
        heard = calls.spoken(session, gateway, attempt)
        if heard is None:
            return calls.words(None, attempt)
        said = calls.pressed(session, heard, digits, handlers)
        if said is None:
            return calls.once_more(attempt, heard.language, understood=digits == calls.AGAIN)
        return calls.farewell(said, heard.language)

    return _twiml(house.database.write(work, actor="system:hooks"))


def _twiml(document: str) -> Response:
    return Response(document, content_type="text/xml; charset=utf-8")


def _signed(gateway: str, channel: Channel) -> dict[str, str]:
    """The form of this request, if its gateway exists and signed it for our public address (never for a proxied one)."""
    house = here()
    token = gateways.auth_token(house, gateway, channel)
    if token is None:
        raise NotFound(N_("There is no gateway of this name that calls back."), field="gateway")
    url = signed_url(house, request.path, request.query_string.decode("ascii", "replace"))
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
