"""Answers, at a site, the questions that its SuperNode has fetched.

Stands in for Flower's executor, which starts a process per message to run the app that came with
the run. This one stays, keeps the site's rows prepared, and runs `at_site` alone; whatever app
came with the run is never unpacked.

`workspace.executor` starts it in Flower's environment, in the site's folder, with the arguments of
`flower-superexec`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import httpx
from flwr.app import Message
from flwr.common.constant import SubStatus
from flwr.supercore.cli.flower_superexec import flower_superexec
from flwr.supercore.heartbeat import HeartbeatSender, make_task_heartbeat_fn_http
from flwr.supercore.interceptors import RuntimeTokenHttpInterceptor, RuntimeVersionHttpInterceptor
from flwr.supercore.retry import make_simple_http_retry_invoker
from flwr.supercore.runtime import RuntimeHttpClient
from flwr.supercore.superexec.executor import LaunchResult
from flwr.supercore.superexec.executor.subprocess_executor import SubprocessExecutor
from flwr.supercore.superexec.executor.types import ExecutionSpec
from flwr.supernode.runtime.run_clientapp import pull_task_input, push_message, push_task_output

from compliance.federated.flower.at_site import Site
from compliance.federated.flower.relay import carried, content
from compliance.federated.noising import Secrets
from compliance.federated.nouns import Plan

_LOOK_S = "0.2"  # between two looks for messages


def serve(folder: Path, secrets_of: Callable[[Plan], Secrets]) -> None:
    """Answer until the node ends.

    Args:
        secrets_of: what a site draws, where it draws noise.
    """
    site = Site(folder, secrets_of)

    def launch(_: SubprocessExecutor, spec: ExecutionSpec) -> LaunchResult:
        try:
            _answer(site, spec)
        except (httpx.HTTPError, RuntimeError):  # the node took the message back, or is ending
            return LaunchResult.failed("the node could not be reached")
        return LaunchResult.accepted()

    os.environ.setdefault("FLWR_SUPEREXEC_TASK_POLL_INTERVAL", _LOOK_S)
    SubprocessExecutor.launch = launch
    flower_superexec()


def _answer(site: Site, spec: ExecutionSpec) -> None:
    """Fetch one message from the node, answer it, and hand the answer to the node."""
    client = RuntimeHttpClient.from_server_address(
        server_address=spec.runtime_api_address,
        insecure=True,  # the node's side of this machine
        root_certificates=None,
        interceptors=[
            RuntimeVersionHttpInterceptor(component_name="flwr-clientapp"),
            RuntimeTokenHttpInterceptor(spec.token),
        ],
        retry_invoker=make_simple_http_retry_invoker(),
    )
    beats = HeartbeatSender(make_task_heartbeat_fn_http(client))
    beats.start()
    try:
        message, context, _, _ = pull_task_input(client)
        answer = content(site.answer(carried(message.content) or b""))
        push_message(client, Message(answer, reply_to=message), context)
        push_task_output(client=client, context=context, sub_status=SubStatus.COMPLETED, details="")
    finally:
        beats.stop()
        client.close()
