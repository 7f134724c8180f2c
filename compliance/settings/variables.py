"""The environment variables that an administrator can set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compliance.errors import WorkspaceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One environment variable."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting(
        name="PRIVACY_DESK_HOME",
        default="~/.privacy-desk",
        meaning="The workspace folder: records, datasets, reports.",
    ),
    Setting(
        name="PRIVACY_DESK_DATABASE_URL",
        default="",
        meaning=(
            "Where the records are kept: postgresql+psycopg://name:password@host/database; "
            "empty means an SQLite file in the workspace folder."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_ACTOR",
        default="local officer",
        meaning="The name that the trail gives to whoever uses this installation.",
    ),
    Setting(
        name="PRIVACY_DESK_LANGUAGE",
        default="",
        meaning=(
            "The language of the command line and of mails: en or zh; empty means the terminal's "
            "own, and English in mails."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_NAME_MODEL",
        default="",
        meaning=(
            "A language model of yours that is asked for names in texts, beside the desk's own: an "
            "installed spaCy model by its name, or the folder of a transformers token classifier."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_SMTP_URL",
        default="",
        meaning=(
            "The mail server that notices of audits go through: smtps://name:password@host:465 or "
            "smtp://host:25; empty means that nobody is told by e-mail."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_MAIL_FROM",
        default="",
        meaning="The address that notices of audits come from.",
    ),
    Setting(
        name="PRIVACY_DESK_SIGNER",
        default="",
        meaning=(
            "Who signs reports: a PKCS#12 file (.p12) with your certificate and its key, or a "
            "token as pkcs11:token=…;object=…?module-path=… (RFC 7512); empty means a certificate "
            "that the desk makes itself."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_SIGNER_PASSWORD",
        default="",
        meaning="The password of that file, or the PIN of that token.",
    ),
    Setting(
        name="PRIVACY_DESK_TIME_STAMP_URL",
        default="",
        meaning=(
            "A time-stamp authority (RFC 3161) that confirms when reports were signed and "
            "checkpoints taken; empty means that nobody is asked."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_ANCHORS",
        default="",
        meaning=(
            "Files and folders outside, several separated by : (on Windows ;), with checkpoints "
            "of the trail that it is compared with beside the anchors on record: an older copy of "
            "the workspace folder may know nothing of those."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_SIGN_IN",
        default="",
        meaning=(
            "How people sign in: “oidc” for OpenID Connect; empty means that nobody does and that "
            "the desk serves whoever sits at this machine, and nobody else."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_OIDC_METADATA_URL",
        default="",
        meaning="Where the provider describes itself: https://…/.well-known/openid-configuration.",
    ),
    Setting(
        name="PRIVACY_DESK_OIDC_CLIENT_ID",
        default="",
        meaning="The name by which the provider knows this desk.",
    ),
    Setting(
        name="PRIVACY_DESK_OIDC_CLIENT_SECRET",
        default="",
        meaning="What the desk proves to the provider that it is that one with.",
    ),
    Setting(
        name="PRIVACY_DESK_OIDC_REDIRECT_URI",
        default="",
        meaning="The desk's address as browsers see it, with /oauth2callback at its end.",
    ),
    Setting(
        name="PRIVACY_DESK_IDLE_MINUTES",
        default="30",
        meaning="After how many minutes without an act somebody is signed out.",
    ),
    Setting(
        name="PRIVACY_DESK_VISIT_HOURS",
        default="10",
        meaning="After how many hours somebody is signed out whatever they do.",
    ),
    Setting(
        name="PRIVACY_DESK_WAREHOUSES",
        default="",
        meaning=(
            "Engines that keep tables, as NAME=ADDRESS with spaces between several: "
            "postgresql://reader:password@host/database, or spark://host:7077; datasets name them, "
            "and never hold their addresses."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_ENGINE_MEMORY_GB",
        default="2",
        meaning=(
            "How much memory the embedded engine may take for tables that are kept elsewhere; what "
            "does not fit is put into the workspace folder and thrown away afterwards."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_BACKUP_PASSWORD",
        default="",
        meaning=(
            "What backups are sealed with, 12 characters or more; without it none is made, checked "
            "or restored. Keep it apart from them."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_HOSTS",
        default="",
        meaning=(
            "The names by which browsers reach the server, several separated by commas, without "
            "ports; this machine's own (localhost) always count. Any other is turned away."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_BEHIND_TLS",
        default="no",
        meaning=(
            "“yes” where everybody comes by HTTPS through a proxy: cookies are then sent by HTTPS "
            "alone, and browsers are told to insist on it."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_METRICS_TOKEN",
        default="",
        meaning=(
            "Who says this token may read the numbers at /metrics (Authorization: Bearer …); empty "
            "means that only this machine may."
        ),
    ),
    Setting(
        name="PRIVACY_DESK_LOG_FORMAT",
        default="text",
        meaning="How the server logs: “text”, or “json” for one JSON object a line.",
    ),
    Setting(
        name="PRIVACY_DESK_WORKERS",
        default="",
        meaning=(
            "How many processes do long work beside the server, so that pages stay quick; 0 does "
            "it in the server itself; empty means one less than the machine's cores, but two."
        ),
    ),
)


def values_in(environment: Mapping[str, str]) -> dict[str, str]:
    """Every setting: what stands in the environment, in the file that it names, or the default."""
    return {
        s.name: environment.get(s.name, "").strip() or _in_file(environment, s.name) or s.default
        for s in SETTINGS
    }


def _in_file(environment: Mapping[str, str], name: str) -> str:
    """What stands in the file that `name`_FILE names: how secrets reach a container.

    Raises:
        WorkspaceError: it cannot be read; a default in its place could be worse than no start.
    """
    place = environment.get(f"{name}_FILE", "").strip()
    try:
        return Path(place).read_text(encoding="utf-8").strip() if place else ""
    except (OSError, ValueError):
        reason = f"the file that {name}_FILE names cannot be read"
        raise WorkspaceError(home="the settings", reason=reason) from None
