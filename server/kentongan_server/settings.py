"""The environment, read once into one frozen object; only the composition root may look at it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Everything that can be set, each as KENTONGAN_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="KENTONGAN_", frozen=True)

    database_url: str = Field(
        "sqlite:///kentongan.sqlite3", description="Where the record is kept, as an SQLAlchemy URL"
    )
    telemetry_url: str = Field(
        "sqlite:///kentongan-telemetry.sqlite3", description="Where heartbeats go unless INFLUX_URL is set"
    )
    http_host: str = Field("127.0.0.1", description="Address to listen on")
    http_port: int = Field(8080, ge=0, le=65535, description="Port to listen on")
    public_url: str | None = Field(
        None, description="Where people reach us, as printed into invitations; without it the request's own address"
    )
    broker_host: str = Field("127.0.0.1", description="The MQTT broker")
    broker_port: int = Field(1883, ge=1, le=65535, description="Its port")
    broker_username: str = Field("server", description="Our name at the broker")
    broker_password: SecretStr = Field(SecretStr(""), description="Our password at the broker")
    master_key_file: Path = Field(Path("master.key"), description="64 hex digits; made with `server make-keys`")
    record_key_file: Path = Field(
        Path("record.key"), description="Ed25519 key that signs the record's checkpoints; made with `server make-keys`"
    )
    checkpoint_file: Path = Field(
        Path("checkpoints.jsonl"), description="Where checkpoints go besides the database, best on another disk"
    )
    police_url: str | None = Field(
        None, description="The command centre's base URL; without it crimes wait in the outbox"
    )
    police_webhook_secret: SecretStr | None = Field(
        None, description="Shared with the command centre, 16 bytes or more"
    )
    police_previous_secret: SecretStr | None = Field(None, description="Still accepted in replies while keys rotate")
    police_keys_file: Path | None = Field(
        None, description="Keys shared with the command centre, changed with `server keys`; before the secret above"
    )
    emergency_keys_file: Path | None = Field(None, description="The same for the 112 recipient")
    police_tls_file: Path | None = Field(
        None,
        description="Certificates (PEM) that vouch for the command centre's TLS; without it the public authorities",
    )
    emergency_tls_file: Path | None = Field(None, description="The same for the 112 recipient")
    emergency_url: str | None = Field(None, description="The 112 recipient's base URL")
    emergency_webhook_secret: SecretStr | None = Field(None, description="Shared with the 112 recipient")
    cap_key_file: Path | None = Field(None, description="PEM key that signs CAP documents")
    cap_cert_file: Path | None = Field(None, description="Its certificate, which the recipients pin")
    cap_sender: str = Field("kentongan@semarang.invalid", description="CAP sender, one word")
    police_cap_address: str = Field("command-centre", description="CAP address of the police, one word")
    emergency_cap_address: str = Field("112", description="CAP address of the 112 recipient, one word")
    pager_url: str | None = Field(
        None, description="Where to POST when a human must be woken; else a critical log line"
    )
    vapid_key_file: Path | None = Field(None, description="PEM key for web push; made with `server make-keys`")
    vapid_contact: str = Field("mailto:kentongan@semarang.invalid", description="Whom a push service may write to")
    telegram_token: SecretStr | None = Field(None, description="The bot's token from @BotFather")
    telegram_bot: str | None = Field(None, description="The bot's name, for the link that connects a chat")
    telegram_secret: SecretStr | None = Field(None, description="The secret_token that was given to setWebhook")
    telegram_api: str | None = Field(None, description="The base URL of the bot API, Telegram's or one's own server's")
    sms_url: str | None = Field(None, description="The SMS gateway; may hold {to}, {text} and {id}")
    sms_body: str = Field('{"to": "{to}", "message": "{text}", "id": "{id}"}', description="The body it wants")
    sms_content_type: str = Field("application/json", description="The body's type, which decides how it is escaped")
    sms_headers: dict[str, SecretStr] = Field({}, description='Headers it wants, as JSON: {"Authorization": "…"}')
    smtp_host: str | None = Field(None, description="The mail server")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field("starttls", description="How the way there is protected")
    smtp_username: str | None = Field(None, description="Our name there")
    smtp_password: SecretStr | None = Field(None, description="Our password there")
    smtp_sender: str = Field("kentongan@semarang.invalid", description="Who the mail is from")
    foreign_private_addresses: bool = Field(
        False,
        description="Let web push and webhooks go to private addresses and plain http; for tests and closed networks",
    )
    influx_url: str | None = Field(None, description="InfluxDB (v2 write API) for heartbeats")
    influx_token: SecretStr = Field(SecretStr(""), description="Our token there")
    influx_org: str = Field("kentongan", description="Our organisation there")
    offer_every_s: float = Field(
        20.0, gt=0, description="Seconds between two rounds in which a release is offered to the kentongan of its ring"
    )
    influx_bucket: str = Field("kentongan", description="The bucket for heartbeats")
    demo_file: Path | None = Field(None, description="Only for the demo: what its page may know")
