#!/usr/bin/env bash
# Installs what is missing, then runs every check and test.
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"
exec npm run --silent check
