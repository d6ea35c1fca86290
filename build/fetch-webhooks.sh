#!/usr/bin/env bash
# Fetches the real events that the schema registry is tested with, once, into postgres/target/webhooks: payloads of
# GitHub's webhooks and their JSON Schema, which are published in the npm registry and nowhere else. Called by ./verify.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$root/postgres/target/webhooks
version=7.6.1

if [[ -r $folder/examples.json && -r $folder/schema.json ]]; then
  exit
fi

if ! command -v npm > /dev/null && [[ $(id -u) -eq 0 ]] && command -v apt-get > /dev/null; then
  echo "Installing Debian's npm, which the test events are fetched with ..." >&2
  apt-get install -y --no-install-recommends npm > /dev/null ||
    { apt-get update > /dev/null && apt-get install -y --no-install-recommends npm > /dev/null; }
fi
if ! command -v npm > /dev/null; then
  echo "The tests need real events from the npm registry, and there is no npm on the PATH: install it (it comes with" \
    "Node.js), or put examples.json and schema.json into $folder." >&2
  exit 2
fi

echo "Fetching real events to test with ..." >&2
mkdir -p "$folder"
scratch=$(mktemp -d "$folder/fetching.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
# fetch PACKAGE PATH NAME: puts the file at PATH in a package into the folder, under a name.
fetch() {
  local archive
  archive=$(cd "$scratch" && npm pack --silent "@octokit/$1@$version")
  tar -xzf "$scratch/$archive" -C "$scratch" "package/$2"
  mv "$scratch/package/$2" "$folder/$3"
}
fetch webhooks-examples api.github.com/index.json examples.json
fetch webhooks-schemas schema.json schema.json
