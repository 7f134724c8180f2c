"""Flower's SuperLink, of which other machines can reach nothing but what sites need.

Flower serves three things at one port: the nodes' traffic, which asks for a registered key, and
two more that ask for nothing in its free edition: one registers keys and starts runs, one hands
out the server's work. Whoever reaches the port could register a key or have own code run. So
requests from other machines get no further than the nodes' traffic.

Runs in Flower's environment, with the arguments of `flower-superlink`.
"""

from __future__ import annotations

from flwr.superlink import extensions
from flwr.superlink.cli.flower_superlink import flower_superlink
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from compliance.federated.flower.watching import end_with_desk

FOR_NODES = "/v1/fleet/"
OWN_MACHINE = ("127.0.0.1", "::1")


class NodesOnlyFromOutside:
    """Answers 403 to whatever does not come from this machine and is not the nodes' traffic."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through what may pass."""
        if scope["type"] == "lifespan" or _may_pass(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "websocket.close"})


def main() -> None:
    """Start the SuperLink."""
    extensions.get_middleware = lambda: (Middleware(NodesOnlyFromOutside),)
    end_with_desk()
    flower_superlink()


def _may_pass(scope: Scope) -> bool:
    client = scope.get("client")
    is_own = client is not None and client[0] in OWN_MACHINE
    return is_own or (scope["type"] == "http" and scope["path"].startswith(FOR_NODES))


if __name__ == "__main__":
    main()
