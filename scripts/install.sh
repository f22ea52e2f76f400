#!/usr/bin/env bash
# Installs what is missing in a checkout: the packages of the lockfile, with a current Node among them. Any Node from 18
# on with its npm is enough to begin with. Sourced by the other scripts; leaves the new Node first in PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! command -v npm >/dev/null; then
  echo "Juno needs Node.js 18 or newer with npm; install it (Debian: apt-get install nodejs npm) and run this again." >&2
  exit 1
fi
mark=node_modules/.juno-installed
if ! cmp -s package-lock.json "$mark"; then
  echo "Installing packages (once) ..." >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json "$mark"
fi
export PATH="$PWD/node_modules/.bin:$PATH"
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 0 : 1)' 2>/dev/null; then
  echo "node_modules has no Node 24 or newer: npm may have been told to run no install scripts. Try: npm rebuild node" >&2
  exit 1
fi
