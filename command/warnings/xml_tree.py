"""XML of strangers as plain trees: no document type, no entities, nothing fetched, and no deeper or larger than a message is. Pure."""

from dataclasses import dataclass, field
from xml.parsers import expat

from command.core.problems import N_, Invalid

LARGEST = 512_000
"""Bytes of one document. Ours: a CAP message with its areas has tens of thousands."""
DEEPEST = 32
MOST = 20_000
"""Elements of one document."""


@dataclass(slots=True)
class Node:
    """An element: its name without namespace, the namespace, attributes, text, and what is in it."""

    name: str
    space: str
    attributes: dict[str, str]
    text: str = ""
    inner: list["Node"] = field(default_factory=list)

    def all(self, name: str) -> list["Node"]:
        """The elements in it of a name."""
        return [each for each in self.inner if each.name == name]

    def said(self, name: str) -> str:
        """The text of its first element of a name, trimmed; empty where there is none."""
        found = self.all(name)
        return found[0].text.strip() if found else ""


class _Refused(Exception):
    """A document that is not read on."""


def read(data: bytes) -> Node:
    """The root of a document; raise Invalid for what is no XML, or has what no message needs."""
    if len(data) > LARGEST:
        raise Invalid(
            N_("The file is larger than %(most)s bytes."),
            field="file",
            remedy=N_("Send one message at a time."),
            most=LARGEST,
        )
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.words
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = builder.doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, _Refused, ValueError, LookupError) as error:
        raise Invalid(
            N_("This is no XML that can be read."),
            field="file",
            remedy=N_("Send a CAP 1.2 message as it was published: without a document type and without entities."),
        ) from error
    if builder.root is None:
        raise Invalid(N_("This is no XML that can be read."), field="file", remedy=N_("Send a CAP 1.2 message."))
    return builder.root


class _Builder:
    """Makes the tree; raises _Refused at the first sign of what is not read."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST or len(self.open) >= DEEPEST:
            raise _Refused
        space, _, bare = name.rpartition(" ")
        node = Node(bare, space, attributes)
        if self.open:
            self.open[-1].inner.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, _: str) -> None:
        self.open.pop()

    def words(self, text: str) -> None:
        self.open[-1].text += text

    def doctype(self, *_: object) -> None:
        raise _Refused
