#!/usr/bin/env bash
# The juno command in a checkout, from any folder: installs what is missing, then runs it with its arguments.
here="$PWD"
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"
entry="$PWD/client/juno.ts"
cd "$here"
exec node "$entry" "$@"
