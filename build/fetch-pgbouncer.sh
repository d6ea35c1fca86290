#!/usr/bin/env bash
# Installs PgBouncer, which the contract suites run behind in one of their settings, where it is missing. Called by
# ./verify; the tests start and end it themselves.
set -euo pipefail

if command -v pgbouncer > /dev/null; then
  exit
fi

if [[ $(id -u) -eq 0 ]] && command -v apt-get > /dev/null; then
  echo "Installing Debian's PgBouncer, which the tests run behind ..." >&2
  # With this run level the package does not start its service.
  export RUNLEVEL=1
  apt-get install -y --no-install-recommends pgbouncer > /dev/null ||
    { apt-get update > /dev/null && apt-get install -y --no-install-recommends pgbouncer > /dev/null; }
fi
if ! command -v pgbouncer > /dev/null; then
  echo "The tests run the store behind PgBouncer, and there is no pgbouncer on the PATH: install it (the package" \
    "pgbouncer of Debian, Fedora and Homebrew); its service need not run." >&2
  exit 2
fi
