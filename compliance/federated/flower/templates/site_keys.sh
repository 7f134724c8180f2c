#!/bin/sh
# Makes this site's key. Send node.key.pub to the server; node.key never leaves this folder.
set -eu
cd "$(dirname "$0")"
if [ -e node.key ]; then
  echo "There is a key already: node.key. Its public half is node.key.pub." >&2
  exit 1
fi
umask 077
ssh-keygen -q -t ecdsa -b 384 -N "" -C "@FOLDER@" -f node.key
ssh-keygen -l -f node.key.pub
