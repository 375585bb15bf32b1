"""The environment, read once into one frozen object."""

from pathlib import Path

from pydantic import Field, HttpUrl, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """KENTONGAN_CENTRE_*. Port 0 picks a free one and says which."""

    model_config = SettingsConfigDict(env_prefix="KENTONGAN_CENTRE_", frozen=True)

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8112, ge=0, le=65535)
    webhook_secret: SecretStr
    webhook_secret_previous: SecretStr | None = None
    cap_cert_file: Path
    server_url: HttpUrl
    database: Path
    tls_cert_file: Path | None = None
    tls_key_file: Path | None = None
    faults: bool = False

    @field_validator("webhook_secret", "webhook_secret_previous")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < 16:
            raise ValueError("a secret must hold at least 16 bytes")
        return secret

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secret we sign with, and the one before it that we still take while it is being changed."""
        kept = (self.webhook_secret, self.webhook_secret_previous)
        return tuple(secret.get_secret_value().encode() for secret in kept if secret is not None)
