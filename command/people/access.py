"""Who asks, and whether they may: every route names its permission, every request is checked before its view runs.

A permission is an act of config/authority.yaml or one of FEEDS. The check at the door is coarse (may this person do the act for any
tier?); verbs make the fine one with `must`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, has_request_context
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.core.problems import N_, Denied, Unauthenticated
from command.people import authority
from command.people.authority import Act, Authority, Decision, NeedsApproval
from command.people.authority_versions import InForce
from command.people.posts import words

T = TypeVar("T")
View = TypeVar("View", bound=Callable[..., Any])

ALL = "*"
_HOUSE = frozenset({"administrator", "commander", "deputy", "duty_officer"})
FEEDS: dict[str, frozenset[str]] = {
    "alarms.write": _HOUSE,
    "measurements.write": _HOUSE,
    "warnings.write": _HOUSE,
    "complaints.write": _HOUSE | {"customer_service_agent"},
    "sites.write": _HOUSE | {"engineer"},
    "bulletins.read": frozenset(),
}
"""Permissions of machine sources, and the posts whose holders have them too. A recipient of bulletins reads its own alone."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a request comes from. `scopes` limit a token (None: a signed-in person, no limit); `source` names a machine's token.

    A machine's token has no posts: its scopes are all it may do."""

    person_id: int
    username: str
    posts: frozenset[str]
    area_code: str | None
    language: str
    scopes: frozenset[str] | None = None
    source: str | None = None
    zone: str | None = None
    theme: str = "dark"
    epoch: int = 0
    token_id: int | None = None
    session: str = ""

    @property
    def actor(self) -> str:
        """How the journal names them: `person:<id>` or `source:<name>`."""
        return f"source:{self.source}" if self.source else f"person:{self.person_id}"


def known(permission: str) -> bool:
    """Whether a permission exists."""
    return permission in FEEDS or permission in set(Act)


def access(permission: str) -> Callable[[View], View]:
    """Name the permission a route needs: it is checked before the view, and before its input is read."""
    if not known(permission):
        raise ValueError(f"no permission {permission!r}; name an act of command.people.authority.Act or one of FEEDS")

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(why: str) -> Callable[[View], View]:
    """Open a route to everybody, and say why that is right. Such a view must not act on a session cookie."""

    def mark(view: View) -> View:
        view.permission, view.public = None, why  # type: ignore[attr-defined]
        return view

    return mark


def here() -> Installation:
    """The installation this application serves."""
    found: Installation = current_app.extensions["tocsin"]
    return found


def rules() -> Authority:
    """The authority table in force: the version published last, else config/authority.yaml. A second old at most."""
    return in_force().now(here().database)


def in_force() -> InForce:
    """What this process knows of the table in force."""
    found: InForce = current_app.extensions["tocsin.authority"]
    return found


def principal() -> Principal:
    """Who asks; raise Unauthenticated where nobody is signed in."""
    found = visitor()
    if found is None:
        raise Unauthenticated(
            N_("Nobody is signed in, or the token is not valid."),
            remedy=N_("Sign in, or send a valid token as `Authorization: Bearer …`."),
        )
    return found


def visitor() -> Principal | None:
    """Who asks, or None: asked of the database once a request."""
    if not has_request_context():
        return None
    if "principal" not in g:
        g.principal = None
        g.principal = current_app.extensions["tocsin.identify"]()
    found: Principal | None = g.principal
    return found


def as_nobody() -> None:
    """Treat whoever asks as a stranger, whatever cookie they carry: what follows is the same for everybody, and no session is looked at."""
    g.principal = None


def unit(work: Callable[[Session], T]) -> T:
    """Run `work(session)` as one unit of work of whoever asks, and commit once."""
    return here().database.write(work, actor=principal().actor)


def within_scopes(who: Principal, permission: str) -> bool:
    """Whether their token, if they came with one, includes the permission."""
    return who.scopes is None or permission in who.scopes or ALL in who.scopes


def may(who: Principal, permission: str) -> bool:
    """The coarse check: a post of theirs allows the act for some tier, and their token's scopes include it."""
    if not within_scopes(who, permission):
        return False
    if permission in FEEDS:
        return who.source is not None or bool(who.posts & FEEDS[permission])
    return rules().may_ever(permission, who.posts)


def require(permission: str) -> Principal:
    """Who asks, if they may; raise Unauthenticated or Denied. For what no route guards: socket events, parts of a view."""
    who = principal()
    if not may(who, permission):
        raise _denied(who, permission)
    return who


def _denied(who: Principal, permission: str) -> Denied:
    if not within_scopes(who, permission):
        return Denied(
            N_("This token may not do this: its scopes lack %(permission)s."),
            remedy=N_("Use a token with this scope."),
            permission=permission,
        )
    if FEEDS.get(permission) == frozenset():
        return Denied(
            N_("Only the token of a machine source may do this (%(permission)s)."),
            remedy=N_("Ask an administrator for a token with this scope."),
            permission=permission,
        )
    able = FEEDS.get(permission) or {post for row in rules().rows if row.act == permission for post in row.who_may()}
    return Denied(
        N_("None of your posts may do this (%(permission)s)."),
        remedy=N_("Ask somebody who may: %(who)s."),
        permission=permission,
        who=words(post for post in authority.Post if post in able),
    )


def ruling(
    who: Principal,
    act: str,
    *,
    tier: int | None = None,
    area_level: str | None = None,
    waited_minutes: float = 0,
    override: bool = False,
    own: bool = False,
) -> Decision:
    """What the authority table says of `who` doing `act` (see authority.decide); raise Denied where a token's scopes lack it."""
    if not within_scopes(who, act):
        raise _denied(who, act)
    return authority.decide(rules(), act, tier, area_level, who.posts, waited_minutes, override=override, own=own)


def must(
    who: Principal,
    act: str,
    *,
    tier: int | None = None,
    area_level: str | None = None,
    waited_minutes: float = 0,
    override: bool = False,
    own: bool = False,
) -> Decision:
    """The fine check inside verbs: may they do `act` to something of this tier and area level now? Raise Denied naming who may.

    Returned is how they may: Alone, ByDeputy, or Override (which the verb journals). Minutes waited are those in which
    whoever is in charge has not answered; `own` is true when they would approve their own work."""
    found = ruling(
        who, act, tier=tier, area_level=area_level, waited_minutes=waited_minutes, override=override, own=own
    )
    if isinstance(found, NeedsApproval):
        raise Denied(
            N_("Another person has to agree to this (%(act)s)."),
            remedy=N_("Ask one of: %(who)s.")
            if not found.override_possible
            else N_("Ask one of: %(who)s. Or override, with a reason."),
            code="needs-approval",
            act=act,
            who=words(found.by),
        )
    if isinstance(found, authority.Denied):
        raise _refused(act, found)
    return found


def _refused(act: str, found: authority.Denied) -> Denied:
    remedy = N_("Ask somebody who may: %(who)s.")
    if found.turn_in_minutes is not None:
        return Denied(
            N_("It is not the deputy's turn yet (%(act)s): %(minutes)d more minutes."),
            remedy=remedy,
            act=act,
            minutes=max(1, round(found.turn_in_minutes)),
            who=words(found.who_may),
        )
    if found.override_possible:
        remedy = N_("Ask somebody who may: %(who)s. Or override, with a reason.")
    return Denied(N_("None of your posts may do this (%(act)s)."), remedy=remedy, act=act, who=words(found.who_may))
