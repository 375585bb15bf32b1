"""E-mail by SMTP."""

import ssl
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib

from kentongan_server.domain.notification import Destination, Message
from kentongan_server.outbound.notify.wording import Wording
from kentongan_server.ports.notifier import NotifyError

_ATTEMPT_S = 15.0


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed in. `security` is `starttls`, `tls` or `none` (a relay on this machine)."""

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = None
    security: str = "starttls"
    trust: ssl.SSLContext | None = None


class EmailNotifier:
    """Sends to the mailbox in a destination's address."""

    def __init__(self, server: SmtpServer, wording: Wording) -> None:
        self._server = server
        self._wording = wording

    async def notify(self, destination: Destination, message: Message) -> None:
        """See the port."""
        words = self._wording.of(message)
        mail = EmailMessage()
        mail["From"] = self._server.sender
        mail["To"] = destination.address
        mail["Subject"] = f"{words.title}: {words.sentence}"
        mail["Message-ID"] = f"<{message.notification}@kentongan>"
        mail["Auto-Submitted"] = "auto-generated"
        if message.is_urgent:
            mail["X-Priority"] = "1"
        mail.set_content(words.text)
        try:
            await aiosmtplib.send(
                mail,
                hostname=self._server.host,
                port=self._server.port,
                username=self._server.username,
                password=self._server.password,
                use_tls=self._server.security == "tls",
                start_tls=self._server.security == "starttls",
                tls_context=self._server.trust,
                timeout=_ATTEMPT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            final = bool(codes) and all(code >= 500 for code in codes)
            raise NotifyError("The mail server refused the mailbox.", gone=final, refused=final) from error
        except aiosmtplib.SMTPResponseException as error:
            raise NotifyError(
                f"The mail server answered {error.code}.", refused=error.code in (550, 552, 554)
            ) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise NotifyError(f"The mail server could not be used ({type(error).__name__}).") from error
