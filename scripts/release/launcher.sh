#!/bin/sh
# Starts Postkey with Node 24 or newer: POSTKEY_NODE, node/bin/node in the folder of the release, or node in PATH.
# Usage: postkey --help
set -eu

NEEDED=24
root=$(dirname "$(dirname "$(readlink -f "$0")")")

fail() {
  echo "postkey: $1" >&2
  echo "Set POSTKEY_NODE to the program of Node $NEEDED or newer, unpack Node into $root/node, or put it into PATH. See https://nodejs.org." >&2
  exit 3
}

if [ -n "${POSTKEY_NODE:-}" ]; then
  node=$POSTKEY_NODE
  [ -x "$node" ] || fail "POSTKEY_NODE names $node, which is not a program."
elif [ -x "$root/node/bin/node" ]; then
  node=$root/node/bin/node
else
  node=$(command -v node) || fail "Node was not found."
fi
version=$("$node" -p process.versions.node) || fail "$node does not run."
[ "${version%%.*}" -ge "$NEEDED" ] || fail "$node is Node $version, which is too old."

# A setting of this program, and not of the server.
unset POSTKEY_NODE
# The same options as npm run serve.
set -- "$node" --max-semi-space-size=8 "$root/server/src/program.ts" "$@"
# As process 1 of a container, this shell stays: Node doesn't collect the processes that a killed PostgreSQL leaves behind.
if [ $$ -eq 1 ] && [ "${4:-}" = start ]; then
  "$@" &
  child=$!
  trap 'kill -TERM "$child"' TERM INT HUP
  code=0
  # A signal ends "wait", and not the child.
  wait "$child" || code=$?
  while kill -0 "$child" 2>/dev/null; do
    code=0
    wait "$child" || code=$?
  done
  exit "$code"
fi
exec "$@"
