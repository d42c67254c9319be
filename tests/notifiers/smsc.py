"""A small SMSC on loopback that speaks through smpplib's packets, not through ours.

Its faults are queues: the next submit takes the next one."""

import contextlib
import socket
import ssl
import struct
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from smpplib import consts, smpp
from smpplib.command_codes import get_command_code

RECEIPT = 0x04
"""The esm_class of a receipt of the SMSC; smpplib's name for one is that of a phone's own acknowledgement (0x08)."""


class _Here:
    """What smpplib's packets want of a client: the next sequence number."""

    def __init__(self) -> None:
        self.sequence = 0
        self._lock = threading.Lock()

    def next_sequence(self) -> int:
        with self._lock:
            self.sequence += 1
            return self.sequence


@dataclass
class Smsc:
    """`faults` holds, for each coming submit: a status to refuse it with, "silent" (taken, never answered), "drop" (the connection breaks
    before it is taken), "drop_after", "late" (taken, answered after `late` seconds) or "unbind" (the same, and the SMSC unbinds meanwhile).
    `deaf`: everything is read and nothing is answered, as by a peer that hangs. `auto` sends a receipt for each message that asks for one:
    "after" or "before" its answer. `kinds` are the binds that came, `left` those that unbound, `unbound` the answers to its own unbinds."""

    password: str = "secret"
    auto: str = ""
    faults: deque[int | str] = field(default_factory=deque)
    taken: list[Any] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    binds: int = 0
    refuse_bind: int = 0
    tlv: bool = True
    repeat: bool = False
    deaf: bool = False
    late: float = 0.5
    late_status: int = 0
    tls: ssl.SSLContext | None = None
    kinds: list[str] = field(default_factory=list)
    unbound: list[int] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    _out: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._here = _Here()
        self._sessions: list[socket.socket] = []
        self._kinds: dict[socket.socket, str] = {}
        self._writing = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # a thread that waits in accept would keep it open
        self._listening.close()
        self.break_all()

    def break_all(self) -> None:
        """Every connection breaks."""
        for one in self._sessions:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def receipt(self, own: str, to: str, word: str = "DELIVRD", reference: int | None = None) -> None:
        """Send a receipt by the newest connection that receives."""
        text = f"id:{own} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:{word} err:000 text:"
        given: dict[str, Any] = {"source_addr": to, "esm_class": RECEIPT}
        if self.tlv and word == "DELIVRD":
            given |= {"receipted_message_id": own, "message_state": consts.SMPP_MESSAGE_STATE_DELIVERED}
        self.deliver(text.encode(), destination_addr="10690000", user_message_reference=reference, **given)

    def deliver(self, text: bytes, **given: Any) -> None:
        """Send a deliver_sm."""
        packet = smpp.make_pdu("deliver_sm", client=self._here, short_message=text, **_whole(given))
        self._out[packet.sequence] = data = packet.generate()
        receiving = [
            one for one in self._sessions if self._kinds.get(one, "") != "bind_transmitter" and one.fileno() >= 0
        ]
        self._send(receiving[-1], data)

    def unbind(self) -> None:
        """Ask the newest connection to go."""
        self._send(self._sessions[-1], struct.pack(">LLLL", 16, consts_of("unbind"), 0, self._here.next_sequence()))

    def _accept(self) -> None:
        while True:
            try:
                session, _ = self._listening.accept()
            except OSError:
                return
            if self.tls is not None:
                try:
                    session = self.tls.wrap_socket(session, server_side=True)
                except OSError:
                    continue
            self._sessions.append(session)
            threading.Thread(target=self._serve, args=(session,), daemon=True).start()

    def _serve(self, session: socket.socket) -> None:
        try:
            while header := _exactly(session, 4):
                rest = _exactly(session, struct.unpack(">L", header)[0] - 4)
                if not rest:
                    return
                self._take(session, smpp.parse_pdu(header + rest, client=self._here, allow_unknown_opt_params=True))
        except OSError:
            pass
        finally:
            session.close()

    def _take(self, session: socket.socket, packet: Any) -> None:
        if self.deaf:
            if packet.command == "submit_sm":
                self.taken.append(packet)
            return
        match packet.command:
            case "bind_transceiver" | "bind_transmitter" | "bind_receiver":
                wrong = packet.password != self.password.encode()
                status = self.refuse_bind or (consts.SMPP_ESME_RINVPASWD if wrong else 0)
                self.binds += not status
                self.kinds.append(packet.command)
                self._kinds[session] = packet.command
                self._send(session, _plain(packet, status, b"" if status else b"smsc\0"))
            case "submit_sm":
                self._submitted(session, packet)
            case "deliver_sm_resp":
                self.answers.append(packet.status)
                if self.repeat and packet.status:
                    threading.Timer(0.2, self._send, (session, self._out[packet.sequence])).start()
            case "enquire_link" | "unbind":
                self.left += [self._kinds[session]] * (packet.command == "unbind")
                self._send(session, _plain(packet, 0))
            case "unbind_resp":
                self.unbound.append(packet.status)

    def _submitted(self, session: socket.socket, packet: Any) -> None:
        fault = self.faults.popleft() if self.faults else 0
        if fault == "drop":
            session.shutdown(socket.SHUT_RDWR)
            return
        if isinstance(fault, int) and fault:
            self._send(session, _plain(packet, fault))
            return
        own = f"m{len(self.ids) + 1}"
        self.ids.append(own)
        self.taken.append(packet)
        to, asked = packet.destination_addr.decode(), packet.registered_delivery
        if self.auto == "before" and asked:
            self.receipt(own, to)
        if fault == "drop_after":
            session.shutdown(socket.SHUT_RDWR)
            return
        if fault in ("late", "unbind"):
            if fault == "unbind":
                self.unbind()
            body = b"" if self.late_status else own.encode() + b"\0"
            threading.Timer(self.late, self._send, (session, _plain(packet, self.late_status, body))).start()
            return
        if fault != "silent":
            self._send(session, _plain(packet, 0, own.encode() + b"\0"))
        if self.auto == "after" and asked:
            self.receipt(own, to)

    def _send(self, session: socket.socket, data: bytes) -> None:
        with self._writing:
            session.sendall(data)


def _whole(given: dict[str, Any]) -> dict[str, Any]:
    plain = {"service_type": "", "source_addr_ton": 1, "source_addr_npi": 1, "dest_addr_ton": 0, "dest_addr_npi": 0}
    return plain | {key: value for key, value in given.items() if value is not None}


def _plain(packet: Any, status: int, body: bytes = b"") -> bytes:
    """An answer; written by hand, because smpplib builds no answer with a body and a status at once."""
    command = consts_of(packet.command) | 0x80000000
    return struct.pack(">LLLL", 16 + len(body), command, status, packet.sequence) + body


def consts_of(name: str) -> int:
    """The number of a command, by smpplib's own table."""
    return int(get_command_code(name))


def _exactly(session: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = session.recv(count - len(data))
        if not more:
            return b""
        data += more
    return data
