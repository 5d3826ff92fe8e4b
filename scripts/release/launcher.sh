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
exec "$node" --max-semi-space-size=8 "$root/server/src/program.ts" "$@"
