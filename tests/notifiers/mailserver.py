"""A mail server of the tests: real SMTP on loopback, with STARTTLS by a certificate made for it, and refusals on demand."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "tocsin", "a-password-of-the-tests"


@dataclass
class Mailbox:
    """What the server took, and what it answers. `refusals` by verb: RCPT, DATA, or DROP to fall silent after the text."""

    mails: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if "RCPT" in self.refusals:
            return self.refusals["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if "DATA" in self.refusals:
            return self.refusals["DATA"]
        made = message_from_bytes(envelope.content, policy=default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        if "DROP" in self.refusals:
            server.transport.abort()
        return "250 taken"


class MailServer:
    """`port` while it runs; `ca` is the file its certificate is verified by."""

    def __init__(self, folder: Path, *, signed_in: bool = True) -> None:
        self.box = Mailbox()
        self.ca, key = certificate(folder)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.ca, key)
        self._controller = _Controller(self.box, tls, signed_in)
        self._controller.start()
        self.port: int = self._controller.port

    def stop(self) -> None:
        """Stop listening; a second call does nothing."""
        if self._controller.server is not None:
            self._controller.stop()


class _Controller(Controller):
    def __init__(self, box: Mailbox, tls: ssl.SSLContext, signed_in: bool) -> None:
        self._tls, self._signed_in = tls, signed_in
        super().__init__(box, hostname="127.0.0.1", port=0)

    def factory(self) -> Any:
        return SMTP(
            self.handler,
            tls_context=self._tls,
            require_starttls=True,
            auth_required=self._signed_in,
            authenticator=_authenticate,
        )

    def _trigger_server(self) -> None:
        """Knock where the free port was found: at port 0 nobody opens."""
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def certificate(folder: Path) -> tuple[str, str]:
    """A certificate for 127.0.0.1 and its key, as files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail server of the tests")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "mail.pem", folder / "mail.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return str(files[0]), str(files[1])


def by_mail(server: MailServer) -> dict[str, Any]:
    """The settings of a gateway that hands its mails to it."""
    return {
        "name": "mail",
        "transport": "smtp",
        "host": "127.0.0.1",
        "port": server.port,
        "sender": "tocsin@example.net",
        "username": USER,
        "password": PASSWORD,
        "ca_file": server.ca,
    }
