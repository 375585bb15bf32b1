"""The keys in the files that the settings name, and who is reached by which: read once, or one sentence says what is wrong."""

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from kentongan_server.domain.forward import Recipient
from kentongan_server.outbound.passwords.argon2_hasher import Argon2Hasher
from kentongan_server.outbound.police.cap import CapSeal
from kentongan_server.outbound.police.key_ring import KeyRing, KeyRingError
from kentongan_server.outbound.record.seal import Ed25519Seal, open_seal
from kentongan_server.ports.outbox import Channel
from kentongan_server.settings import Settings

if TYPE_CHECKING:
    from kentongan_server.outbound.notify.web_push import VapidKey


class SettingsError(Exception):
    """A setting is missing or wrong; the text says which and what to do."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the key files hold."""

    master: bytes
    record: Ed25519Seal
    seal: CapSeal | None
    vapid: "VapidKey | None" = None


@dataclass(frozen=True, slots=True)
class Way:
    """How one recipient is reached."""

    recipient: Recipient
    url: str | None
    keys: KeyRing
    address: str
    webhook: Channel
    cap: Channel
    tls: Path | None


def read_keys(settings: Settings) -> Keys:
    """The keys in the files that the settings name; SettingsError when one is missing, damaged or not enough."""
    for way in ways(settings):
        name = way.recipient.upper()
        try:
            has_key = bool(way.keys.secrets)
        except KeyRingError as error:
            raise SettingsError(str(error)) from error
        if way.url is not None and not has_key:
            raise SettingsError(f"KENTONGAN_{name}_URL needs KENTONGAN_{name}_WEBHOOK_SECRET beside it.")
        if way.url is not None and not (settings.cap_key_file and settings.cap_cert_file):
            raise SettingsError(
                f"KENTONGAN_{name}_URL needs KENTONGAN_CAP_KEY_FILE and KENTONGAN_CAP_CERT_FILE beside it."
            )
    seal = None
    if settings.cap_key_file and settings.cap_cert_file:
        try:
            seal = CapSeal(settings.cap_key_file.read_bytes(), settings.cap_cert_file.read_bytes())
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"The CAP key cannot be used ({error}); make one with: kentongan server make-keys."
            ) from error
    return Keys(master_key(settings.master_key_file), _record_seal(settings), seal, _vapid_key(settings))


def believed(keys: KeyRing) -> list[bytes]:
    """Every secret whose signature is believed now."""
    return keys.secrets


def _ring(file: Path | None, secret: SecretStr | None, previous: SecretStr | None = None) -> KeyRing:
    accepted = () if previous is None else (previous.get_secret_value().encode(),)
    return KeyRing(file, None if secret is None else secret.get_secret_value().encode(), accepted)


def ways(settings: Settings) -> tuple[Way, Way]:
    police = Way(
        Recipient.POLICE,
        settings.police_url,
        _ring(settings.police_keys_file, settings.police_webhook_secret, settings.police_previous_secret),
        settings.police_cap_address,
        Channel.POLICE_WEBHOOK,
        Channel.POLICE_CAP,
        settings.police_tls_file,
    )
    emergency = Way(
        Recipient.EMERGENCY,
        settings.emergency_url,
        _ring(settings.emergency_keys_file, settings.emergency_webhook_secret),
        settings.emergency_cap_address,
        Channel.EMERGENCY_WEBHOOK,
        Channel.EMERGENCY_CAP,
        settings.emergency_tls_file,
    )
    return police, emergency


def _record_seal(settings: Settings) -> Ed25519Seal:
    try:
        return open_seal(settings.record_key_file)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The record key {settings.record_key_file} cannot be used ({error}); make one with: kentongan server make-keys."
        ) from error


def _vapid_key(settings: Settings) -> "VapidKey | None":
    if settings.vapid_key_file is None:
        return None
    from kentongan_server.outbound.notify.web_push import VapidKey  # a fifth of a second, only when wanted

    try:
        return VapidKey(settings.vapid_key_file, settings.vapid_contact)
    except Exception as error:  # the library has no word of its own for a damaged key
        raise SettingsError(
            f"The web push key {settings.vapid_key_file} cannot be read; make one with: kentongan server make-keys."
        ) from error


def master_key(path: Path) -> bytes:
    """The city's master key; SettingsError with a sentence where there is none."""
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"The master key {path} cannot be read; make one with: kentongan server make-keys."
        ) from error
    if len(key) != 32:
        raise SettingsError(f"The master key {path} must be 64 hex digits.")
    return key


def password_hasher(settings: Settings) -> Argon2Hasher:
    """The hasher whose pepper comes from the master key; SettingsError when that cannot be read."""
    return Argon2Hasher(derive(master_key(settings.master_key_file), "passwords"))


def derive(master: bytes, purpose: str) -> bytes:
    """A key of its own for one purpose; no purpose's key tells another's."""
    return hmac.new(master, f"kentongan/server/{purpose}".encode(), hashlib.sha256).digest()
