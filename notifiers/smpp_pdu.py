"""SMPP 3.4 packets as bytes: what is sent is built here, what comes is read here. Nothing here waits or connects.

The client library of this protocol queues, repeats and acknowledges by itself; whoever
has to say whether a message certainly never left, and
may acknowledge a receipt only once it is durable, needs the packets themselves."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

HEADER = 16
LARGEST = 1 << 17
"""Bytes of the largest packet that is believed; a longer one means that the two sides lost step."""

NACK = 0x80000000
BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER = 0x1, 0x2, 0x9
SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK = 0x4, 0x5, 0x6, 0x15
RESPONSE = 0x80000000

OK, THROTTLED, QUEUE_FULL = 0x0, 0x58, 0x14
TEMPORARY = 0x64
"""Our answer to what could not be kept: the SMSC sends it again."""
INVALID_COMMAND = 0x3

USER_REFERENCE, PAYLOAD, RECEIPTED_ID, MESSAGE_STATE = 0x0204, 0x0424, 0x001E, 0x0427
SAR_REFERENCE, SAR_TOTAL, SAR_NUMBER = 0x020C, 0x020E, 0x020F
UDH = 0x40
"""The bit of esm_class that says the text begins with a header."""


class BadPacket(ValueError):
    """What came is no packet of this protocol."""


@dataclass(frozen=True, slots=True)
class Packet:
    command: int
    status: int
    sequence: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Address:
    """A number, short code or name with its type (TON) and plan (NPI)."""

    number: str
    ton: int = 0
    npi: int = 0


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """What submit_sm and deliver_sm carry alike."""

    source: Address
    destination: Address
    text: bytes
    esm_class: int = 0
    coding: int = 0
    validity: str = ""
    registered: int = 0
    options: Mapping[int, bytes] = field(default_factory=dict)


def packed(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    """One packet as it goes out."""
    return struct.pack("!IIII", HEADER + len(body), command, status, sequence) + body


def size(header: bytes) -> int:
    """How long the packet is that begins with `header`."""
    length = int(struct.unpack_from("!I", header)[0])
    if not HEADER <= length <= LARGEST:
        raise BadPacket(f"a packet of {length} bytes")
    return length


def unpacked(data: bytes) -> Packet:
    """One whole packet as it came."""
    _, command, status, sequence = struct.unpack_from("!IIII", data)
    return Packet(command, status, sequence, data[HEADER:])


def string(text: str) -> bytes:
    """A C string; ValueError for what ASCII cannot say."""
    return text.encode("ascii") + b"\0"


def bind_body(system_id: str, password: str, system_type: str) -> bytes:
    """The body of every kind of bind: interface 3.4, any address."""
    return string(system_id) + string(password) + string(system_type) + b"\x34\0\0\0"


def body(message: ShortMessage) -> bytes:
    """The body of a submit_sm or deliver_sm."""
    options = b"".join(struct.pack("!HH", tag, len(value)) + value for tag, value in message.options.items())
    return b"".join(
        (
            b"\0",
            _address(message.source),
            _address(message.destination),
            bytes((message.esm_class, 0, 0)),
            b"\0",
            string(message.validity),
            bytes((message.registered, 0, message.coding, 0, len(message.text))),
            message.text,
            options,
        )
    )


def read(data: bytes) -> ShortMessage:
    """A submit_sm's or deliver_sm's body. Raises BadPacket for anything else."""
    try:
        _, at = _string(data, 0)
        source, at = _read_address(data, at)
        destination, at = _read_address(data, at)
        esm_class = data[at]
        _, at = _string(data, at + 3)
        validity, at = _string(data, at)
        registered, _, coding, _, length = data[at : at + 5]
        text = data[at + 5 : at + 5 + length]
        if len(text) < length:
            raise BadPacket("the text is cut off")
        options = _options(data, at + 5 + length)
    except (IndexError, struct.error, UnicodeDecodeError, ValueError) as error:
        raise BadPacket(f"unreadable: {type(error).__name__}") from error
    return ShortMessage(
        source, destination, options.get(PAYLOAD, text) or text, esm_class, coding, validity, registered, options
    )


def message_id(data: bytes) -> str:
    """The id in a submit_sm_resp; empty where there is none."""
    return data.split(b"\0", 1)[0].decode("ascii", "replace")


def _address(address: Address) -> bytes:
    return bytes((address.ton, address.npi)) + string(address.number)


def _read_address(data: bytes, at: int) -> tuple[Address, int]:
    number, end = _string(data, at + 2)
    return Address(number, data[at], data[at + 1]), end


def _string(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at)
    return data[at:end].decode("latin-1"), end + 1


def _options(data: bytes, at: int) -> dict[int, bytes]:
    found = {}
    while at < len(data):
        tag, length = struct.unpack_from("!HH", data, at)
        value = data[at + 4 : at + 4 + length]
        if len(value) < length:
            raise BadPacket("an optional parameter is cut off")
        found[tag] = value
        at += 4 + length
    return found
