#!/usr/bin/env bash
# Writes what goes with the fuzz targets into a directory, as ClusterFuzzLite wants it beside them:
# TARGET_seed_corpus.zip, TARGET.dict and TARGET.options for each.
#
#   fuzz/pack.sh DIRECTORY
set -euo pipefail
if [ $# -ne 1 ]; then
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
. fuzz/targets.sh

seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
for target in $(targets); do
    unpack "$target" "$seeds/$target"
    rm -f "$out/${target}_seed_corpus.zip"
    (cd "$seeds/$target" && find . -type f | LC_ALL=C sort | zip -q -X -@ "$out/${target}_seed_corpus.zip")
    dictionary "$target" >"$out/$target.dict"
    { echo '[libfuzzer]'; printf '%s\n' "${options[@]}"; } >"$out/$target.options"
done
