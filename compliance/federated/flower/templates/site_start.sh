#!/bin/sh
# Lets this site take part in the federation. Stop it with Ctrl-C.
# PRIVACY_DESK_ENVIRONMENT: Flower's Python environment; left out: ./environment
# PRIVACY_DESK_NODE_PORT: a free port of this machine; left out: 9094
set -eu
cd "$(dirname "$0")"
environment="${PRIVACY_DESK_ENVIRONMENT:-$PWD/environment}"
export PATH="$environment/bin:$PATH" PYTHONPATH="$PWD/code.zip" PYTHONNOUSERSITE=1
export FLWR_HOME="$PWD/flower" FLWR_TELEMETRY_ENABLED=0 FLWR_DISABLE_UPDATE_CHECK=1
export NO_PROXY="127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}"
exec python -P -m compliance.federated.flower.supernode "${PRIVACY_DESK_NODE_PORT:-9094}" \
  --superlink "@ADDRESS@" --root-certificates ca.pem --auth-supernode-private-key node.key
