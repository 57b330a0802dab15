#!/usr/bin/env bash
# Runs every fuzz target for so many seconds of processor time, on all processors.
#
#   fuzz/campaign.sh [SECONDS [TARGET...]]   run each target until it has had that much in all (1200)
#   fuzz/campaign.sh --table                 show what has been run so far
#
# What has been run is kept in fuzz/campaign.tsv and the inputs in fuzz/corpus, so that it can be stopped
# and started again. A target that finds something stops; its input is in fuzz/artifacts.
# SANITIZER=address finds what goes wrong in memory, at a third of the speed.
set -euo pipefail
cd "$(dirname "$0")/.."
. fuzz/targets.sh

log=fuzz/campaign.tsv
slice=60
sanitizer=${SANITIZER:-none}
host=$(rustc -vV | sed -n 's/^host: //p')
built=fuzz/target/$host/release

# TARGET: its processor time so far, in seconds.
spent() { awk -F'\t' -v target="$1" '$1 == target { sum += $3 } END { printf "%d\n", sum }' "$log"; }

table() {
    awk -F'\t' '
        { runs[$1] += $2; time[$1] += $3; finds[$1] += $4; corpus[$1] = $5 }
        END {
            printf "%-26s %14s %12s %8s %8s\n", "target", "runs", "CPU seconds", "corpus", "finds"
            fflush()
            for (target in runs)
                printf "%-26s %14d %12.0f %8d %8d\n", target, runs[target], time[target], corpus[target], finds[target] | "sort"
        }' "$log"
}

# TARGET SECONDS: runs it in slices until it has had its time.
run() {
    local target=$1 seconds=$2 corpus=fuzz/corpus/$1 artifacts=fuzz/artifacts/$1 left out words runs finds times
    mkdir -p "$corpus" "$artifacts"
    out=$(mktemp)
    words=$(mktemp)
    dictionary "$target" >"$words"
    while left=$((seconds - $(spent "$target"))); [ "$left" -gt 0 ]; do
        times=$({
            TIMEFORMAT='%U %S'
            time nice "$built/$target" "$corpus" \
                -dict="$words" -artifact_prefix="$artifacts/" "${options[@]/#/-}" \
                -max_total_time=$((left < slice ? left : slice)) -print_final_stats=1 \
                >"$out" 2>&1 || echo failed >>"$out"
        } 2>&1)
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out")
        finds=$(grep -c '^failed$' "$out" || true)
        awk -v target="$target" -v runs="${runs:-0}" -v times="$times" -v finds="$finds" \
            -v corpus="$(find "$corpus" -type f | wc -l)" 'BEGIN {
                split(times, part, " ")
                printf "%s\t%d\t%.2f\t%d\t%d\n", target, runs, part[1] + part[2], finds, corpus
            }' >>"$log"
        if [ "$finds" -gt 0 ]; then
            echo "$target found something:"
            grep -a -B3 -A12 -m1 'panicked at\|ERROR: libFuzzer' "$out" | cut -c1-2000 || tail -n 20 "$out"
            grep -a 'Test unit written to' "$out" || true
            break
        fi
    done
    rm -f "$out" "$words"
}

touch "$log"
case ${1:-} in
--table) table; exit ;;
--run) run "$2" "$3"; exit ;;
esac

seconds=${1:-1200}
if [ $# -gt 1 ]; then
    chosen=("${@:2}")
else
    mapfile -t chosen < <(targets)
fi
nice cargo +nightly fuzz build --sanitizer "$sanitizer"
for target in "${chosen[@]}"; do
    unpack "$target" "fuzz/corpus/$target"
done
printf '%s\n' "${chosen[@]}" | xargs -P "$(nproc)" -I{} fuzz/campaign.sh --run {} "$seconds"
table
