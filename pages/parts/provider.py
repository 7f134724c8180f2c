"""What Streamlit is told of the provider that people sign in with."""

from __future__ import annotations

from streamlit.runtime.secrets import SecretsValue

from compliance.errors import WorkspaceError
from compliance.settings import Settings, SignIn


def sign_in() -> SignIn:
    """How people sign in; where that cannot be read, nobody does, and every page says so."""
    try:
        return Settings.from_environment().sign_in
    except WorkspaceError:
        return SignIn(way="unknown")


def secrets(sign_in: SignIn) -> dict[str, SecretsValue] | None:
    """The secrets that Streamlit's sign-in needs; None where nobody signs in, or nobody can.

    They stay in this process: no file holds them, and no environment of another.
    """
    if not sign_in.way or sign_in.amiss:
        return None
    from compliance.workspace.keys import cookie_key

    try:
        key = cookie_key(Settings.from_environment().home)
    except WorkspaceError:
        return None  # every page says so
    return {
        "auth": {
            "redirect_uri": sign_in.redirect_uri,
            "cookie_secret": key,
            "client_id": sign_in.client_id,
            "client_secret": sign_in.client_secret,
            "server_metadata_url": sign_in.metadata_url,
        }
    }
