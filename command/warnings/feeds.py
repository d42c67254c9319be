"""CAP feeds: a folder of files, or an address that answers with one message or with an index (Atom) of messages of the same host.

What is fetched is fetched outside of any transaction; each message is a unit of work of its own, so that one bad message stops no other.
A feed that has not changed (ETag; of a folder names, sizes and times) is not read again."""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.parse import urljoin, urlsplit

from sqlalchemy.orm import Session

from command.core import clock
from command.core.database import Database
from command.core.log import masked_words
from command.core.problems import N_, Invalid, Problem
from command.warnings import taking_in, xml_tree
from command.warnings.models import Source, WarningFeed
from command.warnings.taking_in import Did

ACTOR = "source:cap"
ATOM = "http://www.w3.org/2005/Atom"
TIMEOUT = 10.0
"""Seconds for each address."""
MOST = 100
"""Messages of one feed that are read at a time."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a feed holds: messages by name, and the mark by which an unchanged feed is known. None of them: not changed. `wrong`: messages
    that could not be fetched."""

    mark: str
    messages: tuple[tuple[str, bytes], ...] | None
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Polled:
    """What became of a poll: messages that did something, and what was wrong, each with its name."""

    taken: int
    wrong: tuple[str, ...]


def poll(database: Database, address: str) -> Polled:
    """Fetch a feed and take in what is new, on record by feed. One that cannot be read says why and is read anew the next time."""
    with database.read() as session:
        before = session.get(WarningFeed, address)
        known = before.mark if before else ""
    try:
        fetched = fetch(address, known)
    except (Problem, OSError, HTTPException, ValueError) as error:
        fetched = Fetched("", (), (_why(error),))
    taken, problems = 0, list(fetched.wrong)
    for name, body in fetched.messages or ():
        try:
            taken += database.background(partial(_take, data=body), actor=ACTOR)
        except Problem as refused:
            problems.append(f"{name}: {refused}")
    polled = Polled(taken, tuple(problems))
    mark = None if fetched.messages is None else "" if fetched.wrong else fetched.mark
    database.background(partial(_keep, address=address, mark=mark, polled=polled), actor=ACTOR)
    return polled


def _take(session: Session, data: bytes) -> int:
    """A feed's own word that another warning holds besides is believed; the overlap is on record."""
    taken = taking_in.take(session, data, Source.FEED, confirmed=True)
    return int(Did.KNOWN not in taken.did)


def _keep(session: Session, address: str, mark: str | None, polled: Polled) -> None:
    """Put a poll on record; `mark` None: the feed had not changed, and what was wrong with it still is."""
    now = clock.now(session)
    row = session.get(WarningFeed, address)
    if row is None:
        row = WarningFeed(address=address, checked_at=now, taken=0)
        session.add(row)
    row.checked_at = now
    if mark is not None:
        row.mark, row.taken = mark, row.taken + polled.taken
        row.changed_at = now if polled.taken else row.changed_at
        row.problem = masked_words(" · ".join(polled.wrong))[:2000]


def _why(error: Exception) -> str:
    if isinstance(error, Problem):
        return str(error)
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    reason = getattr(error, "reason", None) or error
    return f"{type(error).__name__}: {reason}"[:200]


def fetch(address: str, mark: str) -> Fetched:
    """What a feed holds now; raise Invalid, OSError or HTTPException where it cannot be read."""
    if urlsplit(address).scheme in ("http", "https"):
        return _from_address(address, mark)
    return _from_folder(Path(address.removeprefix("file://")), mark)


def _from_folder(folder: Path, mark: str) -> Fetched:
    if not folder.is_dir():
        raise Invalid(N_("There is no folder %(name)s."), remedy=N_("Correct cap_feeds."), name=str(folder))
    files = sorted(path for path in folder.glob("*.xml") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        stat = path.stat()
        digest.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    if digest.hexdigest() == mark:
        return Fetched(mark, None)
    newest = sorted(files, key=lambda path: path.stat().st_mtime_ns)[-MOST:]
    return Fetched(digest.hexdigest(), tuple((path.name, _limited(path.open("rb"))) for path in newest))


def _limited(stream: IO[bytes]) -> bytes:
    with stream:
        return stream.read(xml_tree.LARGEST + 1)


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to the same host only."""

    def redirect_request(  # type: ignore[no-untyped-def]
        self, req, fp, code, msg, headers, newurl
    ):
        if not _alike(req.full_url, newurl):
            raise urllib.error.HTTPError(req.full_url, code, "redirect to another host", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _alike(one: str, other: str) -> bool:
    mine, theirs = urlsplit(one), urlsplit(other)
    return (mine.scheme, mine.netloc) == (theirs.scheme, theirs.netloc)


def _get(address: str, mark: str = "") -> tuple[str, bytes] | None:
    """ETag and body of an address; None where it has not changed."""
    headers = {"Accept": "application/cap+xml, application/atom+xml, application/xml"}
    if mark:
        headers["If-None-Match"] = mark
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.build_opener(_SameHost).open(request, timeout=TIMEOUT) as answer:
            return answer.headers.get("ETag", ""), answer.read(xml_tree.LARGEST + 1)
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return None
        raise


def _from_address(address: str, mark: str) -> Fetched:
    got = _get(address, mark)
    if got is None:
        return Fetched(mark, None)
    etag, body = got
    root = xml_tree.read(body)
    if root.name != "feed" or root.space != ATOM:
        return Fetched(etag, ((address, body),))
    links = [urljoin(address, link) for link in _links(root)]
    messages, wrong = [], []
    for link in list(dict.fromkeys(links))[-MOST:]:
        if not _alike(address, link):
            continue
        try:
            found = _get(link)
        except (OSError, HTTPException, ValueError) as error:
            wrong.append(f"{link}: {_why(error)}")
            continue
        if found is not None:
            messages.append((link, found[1]))
    return Fetched(etag, tuple(messages), tuple(wrong))


def _links(root: xml_tree.Node) -> Iterator[str]:
    """Where the messages of an index are, the oldest first: of each entry the link that says it is CAP, else its first."""
    for entry in reversed(root.all("entry")):
        links = [each.attributes for each in entry.all("link") if each.attributes.get("href")]
        cap = [each for each in links if "cap+xml" in each.get("type", "")]
        plain = [each for each in links if each.get("rel", "alternate") == "alternate"]
        for each in (cap or plain)[:1]:
            yield each["href"]
