# What goes with each fuzz target, for the scripts that run them. To be sourced where `fuzz` is.

# The targets, one a line.
targets() { tail -n +2 fuzz/targets.tsv | cut -f1; }

# TARGET: its dictionary, in libFuzzer's form.
dictionary() {
    local name
    for name in $(awk -F'\t' -v target="$1" '$1 == target { print $2 }' fuzz/targets.tsv); do
        cat "fuzz/dictionaries/$name.dict"
    done
}

# libFuzzer's options, the same for all: short inputs reach what long ones do.
options=(max_len=4096 timeout=10 rss_limit_mb=2048)

# TARGET DIRECTORY: writes its seeds and finds there, each a file.
unpack() {
    cargo run --quiet --manifest-path fuzz/Cargo.toml --no-default-features --example seeds -- unpack "$1" "$2"
}
