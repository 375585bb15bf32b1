"""The environment as one frozen object; every mistake in it is told as a sentence that never shows a secret."""

import json
import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from kentongan_contract.topics import is_node_name

PREFIX = "KENTONGAN_GATEWAY_"


class SettingsError(Exception):
    """The environment cannot be used; `sentences` has one line for each mistake."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def _name(value: str) -> str:
    if not is_node_name(value):
        raise ValueError("must be 1 to 32 lower-case letters, digits and hyphens")
    return value


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise ValueError("must be 64 lower-case hex digits")
    return value


def _paths(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _links(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        pairs = json.loads(value, object_pairs_hook=list)
    except ValueError:
        raise ValueError('must be JSON like {"ktg-0101-2": "64 hex digits"}') from None
    if type(pairs) is not list or not all(type(pair) is tuple for pair in pairs):
        raise ValueError('must be JSON like {"ktg-0101-2": "64 hex digits"}')
    if len(dict(pairs)) != len(pairs):
        raise ValueError("names a node twice")
    return dict(pairs)


NodeName = Annotated[str, AfterValidator(_name)]
HexSecret = Annotated[SecretStr, AfterValidator(_secret)]


class Settings(BaseSettings):
    """What one gateway is, on which lines, and where its broker is. Durations are milliseconds unless named otherwise."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    node: NodeName = Field(description="the gateway's own name; also its MQTT user name and client id")
    password: SecretStr = Field(description="its MQTT password")
    key: HexSecret = Field(description="its node key")
    broker_host: str = Field("127.0.0.1", min_length=1)
    broker_port: int = Field(1883, ge=1, le=65535)
    broker_authority: Path | None = Field(None, description="PEM of the city's authority; turns TLS on")
    broker_certificate: Path | None = Field(None, description="our PEM certificate for mutual TLS")
    broker_private_key: Path | None = Field(None, description="its private key")
    serial: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_paths)] = Field(
        (), description="device paths of the serial lines, comma separated; best /dev/serial/by-id/…"
    )
    serial_baud: int = Field(115_200, ge=1200, le=4_000_000)
    links: Annotated[dict[NodeName, HexSecret], NoDecode, BeforeValidator(_links)] = Field(
        default_factory=dict, description="JSON object: serial node to the key of its line"
    )
    spool: Path = Field(description="file of the SQLite spool; its folder must exist")
    pins: Literal["lgpio", "rpigpio", "pigpio", "native", "mock"] = Field(
        "lgpio", description="gpiozero's pin factory; mock off the Pi"
    )
    hold_ms: int = Field(1000, ge=0, le=10_000, description="how long the button is held to be a press")
    heartbeat_ms: int = Field(10_000, ge=500, le=60_000)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if bool(self.serial) != bool(self.links):
            raise ValueError("SERIAL and LINKS belong together: a line needs a node, a node needs a line")
        if self.node in self.links:
            raise ValueError("LINKS names the gateway itself")
        if not self.spool.parent.is_dir():
            raise ValueError(f"SPOOL: there is no folder {self.spool.parent}")
        tls = {
            "BROKER_AUTHORITY": self.broker_authority,
            "BROKER_CERTIFICATE": self.broker_certificate,
            "BROKER_PRIVATE_KEY": self.broker_private_key,
        }
        if (self.broker_certificate is None) != (self.broker_private_key is None):
            raise ValueError("BROKER_CERTIFICATE and BROKER_PRIVATE_KEY belong together")
        if self.broker_certificate is not None and self.broker_authority is None:
            raise ValueError("BROKER_CERTIFICATE needs BROKER_AUTHORITY: without it nothing is encrypted")
        for name, path in tls.items():
            if path is not None and not path.is_file():
                raise ValueError(f"{name}: there is no file {path}")
        return self


def read_settings() -> Settings:
    """The settings of this process; SettingsError names everything that is wrong."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    unknown = [name for name in os.environ if name.startswith(PREFIX) and name not in known]
    sentences = [f"{name}: there is no such setting." for name in sorted(unknown)]
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        sentences += [_sentence(item) for item in error.errors(include_input=False)]
    if sentences or settings is None:
        raise SettingsError(sentences)
    return settings


def _sentence(error: ErrorDetails) -> str:
    message = "is missing" if error["type"] == "missing" else error["msg"].removeprefix("Value error, ")
    place = [str(part) for part in error["loc"] if part != "[key]"]
    if not place:
        return f"{PREFIX}{message}."  # a rule over several settings begins with the first one's name
    return f"{PREFIX}{place[0].upper()}: {''.join(part + ' ' for part in place[1:])}{message}."
