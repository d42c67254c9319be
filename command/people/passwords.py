"""Passwords, hashed with argon2id (RFC 9106, the library's low-memory profile)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from command.core.problems import N_, Invalid

SHORTEST = 12
LONGEST = 256
"""Characters. Longer input would only cost time."""

OF_DEMO = "tocsin-demo-2026"
"""The password of every demo person, shown on the sign-in page; such accounts are refused by an installation in production."""

PROFILE = RFC_9106_LOW_MEMORY
_hasher = PasswordHasher.from_parameters(PROFILE)
_nobody = _hasher.hash("what unknown names are checked against, so that they take as long as known ones")


def hashed(password: str, username: str = "") -> str:
    """The hash to store; raise Invalid where the password is weak. Takes tens of milliseconds: never inside a unit of work."""
    if len(password) < SHORTEST:
        raise _weak(N_("The password is shorter than %(shortest)d characters."))
    if len(password) > LONGEST:
        raise _weak(N_("The password is longer than %(longest)d characters."))
    if len(set(password)) < 5 or (username and username.lower() in password.lower()):
        raise _weak(N_("The password is easy to guess."))
    return _hasher.hash(password)


def _weak(detail: str) -> Invalid:
    return Invalid(
        detail,
        field="password",
        remedy=N_("Use %(shortest)d or more characters, such as four words that nobody would join."),
        code="weak-password",
        shortest=SHORTEST,
        longest=LONGEST,
    )


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Without a stored one it takes as long, and is False."""
    try:
        return _hasher.verify(stored or _nobody, password[: LONGEST + 1]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
