#!/bin/sh
# Makes this site's key and shows its fingerprint. Send node.key.pub to the server, and tell it the
# fingerprint by another channel; node.key never leaves this folder.
# PRIVACY_DESK_ENVIRONMENT: Flower's Python environment; left out: ./environment
set -eu
cd "$(dirname "$0")"
if [ -e node.key ]; then
  echo "There is a key already: node.key. Its public half is node.key.pub." >&2
  exit 1
fi
export PYTHONPATH="$PWD/code.zip" PYTHONNOUSERSITE=1
exec "${PRIVACY_DESK_ENVIRONMENT:-$PWD/environment}/bin/python" -P -m compliance.federated.flower.keys
