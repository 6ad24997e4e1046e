#!/usr/bin/env bash
# Runs each fuzz target for some seconds, 60 unless told, from the fixtures as seeds.
#
# Needs cargo-fuzz and a nightly compiler, for the address sanitizer. Without them it says so and does nothing: it never
# makes a stable compiler take unstable options.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
if ! [[ $seconds =~ ^[1-9][0-9]*$ ]]; then
    echo "usage: $0 [SECONDS]" >&2
    exit 2
fi

skip() {
    printf 'skipped: %s\n' "$*"
    exit 0
}
command -v cargo-fuzz >/dev/null || skip "cargo-fuzz is not installed; cargo install cargo-fuzz"
cargo +nightly --version >/dev/null 2>&1 || skip "no nightly compiler; rustup toolchain install nightly --profile minimal"

# The longest document that is tried. Larger fixtures would be cut to it, and a cut document is read no further.
longest=65536

for target in read_json read_xml read_any; do
    mkdir -p "corpus/$target"
    case $target in
        read_json) forms=(-name '*.json') ;;
        read_xml) forms=(-name '*.xml') ;;
        read_any) forms=(-name '*.json' -o -name '*.xml') ;;
    esac
    find ../fixtures -type f -size "-$((longest / 1024 + 1))k" \( "${forms[@]}" \) -print0 |
        while IFS= read -r -d '' seed; do
            name=${seed#../fixtures/}
            cp "$seed" "corpus/$target/seed-${name//\//-}"
        done
    printf '\n== %s, %s seconds\n' "$target" "$seconds"
    cargo +nightly fuzz run "$target" -- \
        -max_total_time="$seconds" -max_len=$longest -rss_limit_mb=1024 -timeout=20 \
        -dict=dictionary.txt -print_final_stats=1
done
