#!/usr/bin/env bash
# Builds every fuzz target into $OUT, with its seeds, its dictionary and its options.
set -euo pipefail
cd "$SRC/exposition"
. fuzz/targets.sh

# What the program that unpacks seeds is built with is not what the targets are built with.
env -u RUSTFLAGS fuzz/pack.sh "$OUT"

# Coverage is a matter of flags that are set already.
case ${SANITIZER:-address} in
address) sanitizer=address ;;
*) sanitizer=none ;;
esac
cargo fuzz build --sanitizer "$sanitizer"
host=$(rustc -vV | sed -n 's/^host: //p')
for target in $(targets); do
    cp "fuzz/target/$host/release/$target" "$OUT/"
done
