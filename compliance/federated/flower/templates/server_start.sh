#!/bin/sh
# Starts the server of the federation. Stop it with Ctrl-C.
# PRIVACY_DESK_ENVIRONMENT: Flower's Python environment; left out: ./environment
set -eu
cd "$(dirname "$0")"
environment="${PRIVACY_DESK_ENVIRONMENT:-$PWD/environment}"
export PATH="$environment/bin:$PATH" PYTHONPATH="$PWD/code.zip" PYTHONNOUSERSITE=1
export FLWR_HOME="$PWD/flower" FLWR_TELEMETRY_ENABLED=0 FLWR_DISABLE_UPDATE_CHECK=1
export NO_PROXY="127.0.0.1,localhost${NO_PROXY:+,$NO_PROXY}"
export PRIVACY_DESK_DOOR="$PWD/door.json"
exec python -P -m compliance.federated.flower.superlink \
  --host "@BIND@" --port "@PORT@" --database state.db \
  --ssl-ca-certfile ca.pem --ssl-certfile server.pem --ssl-keyfile server.key \
  --enable-supernode-auth --disable-runtime-dependency-installation
