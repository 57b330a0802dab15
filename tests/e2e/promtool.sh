#!/bin/sh
# Renders monitors and has `promtool check config` judge the configuration.
#
# Usage: tests/e2e/promtool.sh [MANIFEST...]    (without one: the bundled monitors)
#
# Needs promtool, for example from `apt-get install prometheus`. A promtool that was built without
# Kubernetes discovery, as Debian's is, is given the configuration without `kubernetes_sd_configs`.
set -eu
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(promtool --version 2>&1 | sed -n 's/.*version \([0-9.]*\).*/\1/p' | head -n 1)
echo "promtool $version"
cargo build --quiet --features cli

[ $# -gt 0 ] || set -- examples/mesh/istiod-monitor.yaml examples/mesh/sidecars-monitor.yaml
failed=0
for manifest in "$@"; do
    for settings in \
        "{}" \
        "{shards: 4, enforcedNamespaceLabel: tenant}" \
        "{shards: 4, retentionPolicies: true, topologySharding: true, shardingStrategy: {mode: Topology, topology: {values: [a, b]}}}" \
        "{endpointSliceSupported: true, serviceDiscoveryRole: EndpointSlice, enforcedSampleLimit: 1000, enforcedBodySizeLimit: 10MB}"; do
        echo "$settings" | sed "s/^{/{version: $version, /; s/, }/}/" >"$work/settings.yaml"
        target/debug/exposition monitor --quiet --settings "$work/settings.yaml" "$manifest" >"$work/prometheus.yaml"
        if ! promtool check config "$work/prometheus.yaml" >"$work/verdict" 2>&1 &&
            grep -q 'field kubernetes_sd_configs not found' "$work/verdict"; then
            # The block ends at the next key of the same depth.
            awk '/^  kubernetes_sd_configs:/ { skip = 1; next } /^  [a-z]/ || /^-/ { skip = 0 } !skip' \
                "$work/prometheus.yaml" >"$work/rest.yaml"
            promtool check config "$work/rest.yaml" >"$work/verdict" 2>&1 || :
        fi
        if grep -q SUCCESS "$work/verdict"; then
            echo "ok       $manifest $settings"
        else
            echo "refused  $manifest $settings"
            sed 's/^/         /' "$work/verdict"
            failed=1
        fi
    done
done
exit $failed
