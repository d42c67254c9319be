"""Whether gateways can be reached and take this account, as far as each can tell without sending anything; that for exercises apart.

An SMPP account is not tried: binding would take receipts away from the engines. A chat's address is each person's own."""

import smtplib
import socket
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.core.problems import N_
from command.core.settings import GatewaySettings
from command.messages import breakers, routes
from command.messages.gateways import (
    SIMULATED_ACCOUNT,
    Gateways,
    GatewaySettingsError,
    auth_token,
    exercise_channels,
    live,
)
from command.messages.models import EXERCISE_GATEWAY
from command.operating.doctor.lines import AS_SAID, Line, fault, ok, warning
from notifiers.base import NotifierError

WAIT = 5.0
"""Seconds a gateway has to answer."""
TWILIO = "https://api.twilio.com"
_PORTS = {"starttls": 587, "tls": 465, "none": 25}

REACH = N_("See that its address is right and that this machine may reach it (firewall, name service).")
ACCOUNT = N_("Correct its account in the settings: nothing it is given would be taken.")


def looked_at(installation: Installation) -> Iterator[Line]:
    """Every live gateway and the one for exercises; all are asked at once."""
    try:
        Gateways(installation).close()
    except (GatewaySettingsError, NotifierError, OSError, ValueError) as error:
        yield fault("gateways", AS_SAID, N_("Correct the settings; no engine starts with them."), error=str(error))
        return
    given = live(installation.settings)
    own = next((one for one in installation.settings.gateways if one.name == EXERCISE_GATEWAY), None)
    asked = [(one, f"gateway {one.name}") for one in given] + ([(own, "exercise gateway")] if own else [])
    with ThreadPoolExecutor(len(asked) or 1) as threads:
        yield from threads.map(lambda each: _look(installation, *each), asked)
    if own is None:
        by = ", ".join(f"{channel}: {one.name}" for channel, one in exercise_channels(installation).items())
        words = N_("exercises have connections of their own with the accounts of %(by)s, and reach nobody but players")
        yield ok("exercise gateway", words, by=by)
    if installation.settings.env == "production" and all(one.transport in ("console", "simulated") for one in given):
        words = N_("no gateway reaches anybody: messages are only printed")
        yield warning("gateways", words, N_("Set a gateway up; see docs/how-to/connect-a-gateway.md."))


def standing(session: Session, installation: Installation) -> Iterator[Line]:
    """Gateways that engines have taken out of use."""
    caps = {one.name: one.daily_cap for one in live(installation.settings)}
    for name, each in breakers.standing(session, [*caps, EXERCISE_GATEWAY]).items():
        if each.stopped:
            remedy = N_(
                "When its cause is gone: `tocsin gateways restart %(name)s`; a pause that somebody ordered ends by itself."
            )
            yield fault(f"gateway {name}", N_("%(name)s is stopped: %(why)s"), remedy, name=name, why=each.stopped)
        elif each.open:
            words = N_("%(name)s has failed %(count)s times in a row and rests")
            yield warning(
                f"gateway {name}",
                words,
                N_("It is tried again by itself; see what its provider says."),
                name=name,
                count=each.failures,
            )
        elif routes.spent(each.used, cap := caps.get(name)):
            words = N_("%(name)s has carried all it may today: %(count)s")
            remedy = N_("It goes on at midnight UTC; ask its provider for more a day, or add a gateway.")
            yield warning(f"gateway {name}", words, remedy, name=name, count=cap)


def _look(installation: Installation, one: GatewaySettings, what: str) -> Line:
    try:
        if one.transport in ("twilio", "twilio_voice", "simulated"):
            return _twilio(installation, one, what)
        if one.transport == "smtp":
            return _smtp(one, what)
        if one.transport == "smpp":
            return _smpp(one, what)
        if one.transport == "push":
            return _push(one, what)
    except (OSError, ssl.SSLError, ValueError) as error:
        words = N_("%(name)s cannot be reached: %(error)s")
        return fault(what, words, REACH, name=one.name, error=str(error) or type(error).__name__)
    if one.transport == "chat":
        return ok(what, N_("%(name)s: the address of each chat is its owner's; nothing can be tried"), name=one.name)
    return ok(what, N_("%(name)s prints messages and reaches nobody"), name=one.name)


def _twilio(installation: Installation, one: GatewaySettings, what: str) -> Line:
    """Ask for the newest message of the account: a read, which needs the same right as sending does."""
    account = one.account_sid or SIMULATED_ACCOUNT
    token = auth_token(installation, one.name, one.channel) or ""
    request = urllib.request.Request(
        f"{(one.base_url or TWILIO).rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json?PageSize=1",
        headers={"Authorization": "Basic " + b64encode(f"{account}:{token}".encode()).decode()},
    )
    try:
        with urllib.request.urlopen(request, timeout=WAIT):
            return ok(what, N_("%(name)s answers and takes the account"), name=one.name)
    except urllib.error.HTTPError as error:
        if error.code in (401, 403):
            return fault(
                what, N_("%(name)s refuses the account (%(status)s)"), ACCOUNT, name=one.name, status=error.code
            )
        words = N_("%(name)s answers with %(status)s")
        return warning(what, words, N_("See what its provider says of its state."), name=one.name, status=error.code)
    except urllib.error.URLError as error:
        raise OSError(str(error.reason)) from error


def _smtp(one: GatewaySettings, what: str) -> Line:
    """Sign in and leave again."""
    port = one.port or _PORTS[one.security]
    context = ssl.create_default_context(cafile=str(one.ca_file) if one.ca_file else None)
    try:
        opened = (
            smtplib.SMTP_SSL(one.host, port, timeout=WAIT, context=context)
            if one.security == "tls"
            else smtplib.SMTP(one.host, port, timeout=WAIT)
        )
        with opened as server:
            if one.security == "starttls":
                server.starttls(context=context)
            if one.username:
                server.login(one.username, one.password)
            server.noop()
    except smtplib.SMTPAuthenticationError as error:
        return fault(
            what, N_("%(name)s refuses the account (%(status)s)"), ACCOUNT, name=one.name, status=error.smtp_code
        )
    except smtplib.SMTPException as error:
        raise OSError(type(error).__name__) from error
    return ok(what, N_("%(name)s answers and takes the account"), name=one.name)


def _smpp(one: GatewaySettings, what: str) -> Line:
    _connected(
        one.host, one.port or (3550 if one.tls else 2775), str(one.ca_file) if one.ca_file else None, tls=one.tls
    )
    return ok(
        what,
        N_("%(name)s can be reached; the account is not tried, for a bind would take receipts from the engines"),
        name=one.name,
    )


def _push(one: GatewaySettings, what: str) -> Line:
    address = urlsplit(one.base_url or "")
    tls = address.scheme == "https"
    _connected(address.hostname or "", address.port or (443 if tls else 80), None, tls=tls)
    return ok(what, N_("%(name)s can be reached; its secret shows only when something is sent"), name=one.name)


def _connected(host: str, port: int, ca_file: str | None, *, tls: bool) -> None:
    """Open a connection and close it; with TLS the certificate is verified. Raise OSError."""
    with socket.create_connection((host, port), WAIT) as wire:
        if tls:
            ssl.create_default_context(cafile=ca_file).wrap_socket(wire, server_hostname=host).close()
