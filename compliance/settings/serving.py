"""How people sign in, and what the server's edge goes by."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from compliance.errors import SignInNotReadyError
from compliance.settings.variables import values_in

CALLBACK = "/oauth2callback"  # where a provider sends people back to
LOOPBACK_NAMES = frozenset(["localhost", "127.0.0.1", "::1"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How people sign in.

    Attributes:
        way: `oidc`; empty where nobody signs in; anything else is a slip of the pen.
        metadata_url, client_id, client_secret, redirect_uri: what the provider and the desk know
            each other by; the secret is not shown.
        idle_minutes: after how long without an act a visit ends; None: not understood.
        visit_hours: after how long it ends whatever is done; None: not understood.
    """

    way: str = ""
    metadata_url: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    redirect_uri: str = ""
    idle_minutes: int | None = 30
    visit_hours: int | None = 10

    @classmethod
    def of(cls, values: Mapping[str, str]) -> SignIn:
        """What the values of all settings say of it."""
        return cls(
            way=values["PRIVACY_DESK_SIGN_IN"],
            metadata_url=values["PRIVACY_DESK_OIDC_METADATA_URL"],
            client_id=values["PRIVACY_DESK_OIDC_CLIENT_ID"],
            client_secret=values["PRIVACY_DESK_OIDC_CLIENT_SECRET"],
            redirect_uri=values["PRIVACY_DESK_OIDC_REDIRECT_URI"],
            idle_minutes=_positive(values["PRIVACY_DESK_IDLE_MINUTES"]),
            visit_hours=_positive(values["PRIVACY_DESK_VISIT_HOURS"]),
        )

    @property
    def amiss(self) -> str:
        """The setting that nobody could sign in with; empty where all are in order."""
        wrong = {
            "PRIVACY_DESK_SIGN_IN": self.way not in ("", "oidc"),
            "PRIVACY_DESK_IDLE_MINUTES": self.idle_minutes is None,
            "PRIVACY_DESK_VISIT_HOURS": self.visit_hours is None,
        }
        if self.way:
            wrong |= {
                "PRIVACY_DESK_OIDC_METADATA_URL": not _is_guarded(self.metadata_url),
                "PRIVACY_DESK_OIDC_CLIENT_ID": not self.client_id,
                "PRIVACY_DESK_OIDC_CLIENT_SECRET": not self.client_secret,
                "PRIVACY_DESK_OIDC_REDIRECT_URI": not _is_guarded(self.redirect_uri)
                or not self.redirect_uri.endswith(CALLBACK),
            }
        return next((name for name, is_wrong in wrong.items() if is_wrong), "")

    def check(self) -> None:
        """See that people can sign in, or that nobody has to.

        Raises:
            SignInNotReadyError: neither is so.
        """
        if self.amiss:
            raise SignInNotReadyError(setting=self.amiss)


def _positive(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and int(said) else None


def _is_guarded(address: str) -> bool:
    """Whether nobody on the way can read along: by HTTPS, or without leaving this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK_NAMES)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """What the server's edge goes by.

    Attributes:
        hosts: the names it is reached by, besides this machine's own.
        is_behind_tls: whether everybody comes by HTTPS.
        metrics_token: who says it may read the numbers; not shown.
        log_format: `text` or `json`.
    """

    hosts: tuple[str, ...] = ()
    is_behind_tls: bool = False
    metrics_token: str = field(default="", repr=False)
    log_format: str = "text"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ServerSettings:
        """Settings from the environment; what is not understood is as if it were not there.

        Raises:
            WorkspaceError: a file that a setting names cannot be read.
        """
        values = values_in(environment)
        return cls(
            hosts=tuple(h.strip() for h in values["PRIVACY_DESK_HOSTS"].split(",") if h.strip()),
            is_behind_tls=values["PRIVACY_DESK_BEHIND_TLS"].lower() in ("yes", "true", "1"),
            metrics_token=values["PRIVACY_DESK_METRICS_TOKEN"],
            log_format=values["PRIVACY_DESK_LOG_FORMAT"].lower(),
        )
