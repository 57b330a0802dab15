#!/bin/sh
# Lets a real Prometheus scrape the example `proxy`, and compares what it stored with what the library
# says; then has `promtool check metrics` judge bodies that the library wrote.
#
# Usage: tests/e2e/prometheus.sh
#
# Needs python3, and Debian's `prometheus`, which is installed if it is not there (that takes root).
# Everything listens on loopback, and everything started is stopped at the end.
set -eu
cd "$(dirname "$0")/../.."

if ! command -v prometheus >/dev/null || ! command -v promtool >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq prometheus
fi

work=$(mktemp -d)
started=""
stop() {
    for process in $started; do
        kill "$process" 2>/dev/null || :
        wait "$process" 2>/dev/null || :
    done
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 1' INT TERM

prometheus --version 2>&1 | head -n 1
promtool --version 2>&1 | head -n 1
cargo --version
cargo build --quiet --all-features --bins --example proxy
exposition=target/debug/exposition

# ---- the servers behind the proxy

samples=0
for body in envoy/small.all.prom node_exporter/noaccept.prom caddy/handler.openmetrics001.om; do
    name=$(dirname "$body")
    samples=$((samples + $(awk -F '\t' -v path="$body" '$1 == path { print $3 }' tests/data/corpus/INDEX.tsv)))
    if [ -f "tests/data/corpus/$body" ]; then
        cp "tests/data/corpus/$body" "$work/$name"
    else
        gzip -dc "tests/data/corpus/$body.gz" >"$work/$name"
    fi
done

cat >"$work/serve.py" <<'PY'
"""Serves the bodies in a directory, each under the content type its server gave it."""
import http.server
import sys

TYPES = {
    "envoy": "text/plain; charset=UTF-8",
    "node_exporter": "text/plain; version=0.0.4; charset=utf-8",
    "caddy": "application/openmetrics-text; version=0.0.1; charset=utf-8",
}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        with open(f"{sys.argv[1]}/{name}", "rb") as body:
            body = body.read()
        self.send_response(200)
        self.send_header("Content-Type", TYPES[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
# Waits for the first line of a file: what a server says when it listens.
said() {
    tries=0
    until [ -s "$1" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || { echo "nothing in $1" >&2; exit 1; }
        sleep 0.1
    done
    head -n 1 "$1"
}

python3 "$work/serve.py" "$work" >"$work/served" &
started="$started $!"
port=$(said "$work/served")
from="http://127.0.0.1:$port"

# ---- the proxy

target/debug/examples/proxy --listen 127.0.0.1:0 \
    "envoy=$from/envoy" "node=$from/node_exporter" "caddy=$from/caddy" \
    >"$work/proxied" 2>"$work/proxy.log" &
started="$started $!"
url=$(said "$work/proxied")
address=${url#http://}
address=${address%/metrics}
echo "proxy in front of three servers, which have $samples samples"

# ---- Prometheus

cat >"$work/prometheus.yml" <<YAML
scrape_configs:
  - job_name: proxy
    scrape_interval: 1s
    honor_labels: true
    static_configs:
      - targets: ["$address"]
YAML
listen=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
prometheus --config.file "$work/prometheus.yml" --storage.tsdb.path "$work/data" \
    --web.listen-address "127.0.0.1:$listen" >"$work/prometheus.log" 2>&1 &
started="$started $!"

# What the library says: the same bodies merged in the same way, as lines.
"$exposition" merge --to openmetrics --escaping underscores --collisions stamp=source --first-type --lossy \
    "envoy=$from/envoy" "node=$from/node_exporter" "caddy=$from/caddy" \
    >"$work/merged" 2>"$work/merge.log"
"$exposition" lines --json --format openmetrics "$work/merged" >"$work/lines"

cat >"$work/compare.py" <<'PY'
"""Compares the series a Prometheus has stored of the proxy with the lines of the merged body."""
import json
import sys
import time
import urllib.parse
import urllib.request

api, lines, address, samples = sys.argv[1:]


def query(expression):
    url = f"{api}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)["data"]["result"]


def scraped():
    try:
        return any(one["value"][1] == "1" for one in query('up{job="proxy"}'))
    except OSError:
        return False


deadline = time.monotonic() + 60
while not scraped():
    if time.monotonic() > deadline:
        sys.exit("no scrape succeeded within a minute")
    time.sleep(0.2)

TARGET = {"job": "proxy", "instance": address}
REPORTS = {"up", "scrape_duration_seconds", "scrape_samples_scraped",
           "scrape_samples_post_metric_relabeling", "scrape_series_added"}


def spelled(name, value):
    """Prometheus stores `le="1"` as written before version 3, and as `1.0` since."""
    if name in ("le", "quantile"):
        try:
            return repr(float(value))
        except ValueError:
            pass
    return value


def key(labels):
    return tuple(sorted((name, spelled(name, value)) for name, value in labels.items() if value))


def same(a, b):
    return a == b or (a != a and b != b)


stored, own = {}, 0
for series in query('{__name__=~".+"}'):
    labels, name = dict(series["metric"]), series["metric"]["__name__"]
    if name in REPORTS:
        continue
    if name.startswith("proxy_target_"):
        own += 1
        continue
    for label, value in TARGET.items():
        if labels.get(label) == value:
            del labels[label]
    stored[key(labels)] = float(series["value"][1])

said = {}
with open(lines) as file:
    for line in file:
        line = json.loads(line)
        if line["e"] == "error":
            sys.exit(f"the library refuses what it merged: {line}")
        if line["e"] == "series":
            said[key(dict(line["labels"]))] = float(line["value"])

missing = said.keys() - stored.keys()
foreign = stored.keys() - said.keys()
differ = [one for one in said.keys() & stored.keys() if not same(said[one], stored[one])]
print(f"Prometheus stored {len(stored)} series of the servers, {own} of the proxy's own")
print(f"the library says {len(said)}: {len(missing)} missing, {len(foreign)} foreign, {len(differ)} differ")
for one in [*list(missing)[:5], *list(foreign)[:5], *differ[:5]]:
    print(" ", one, said.get(one), stored.get(one))
sys.exit(bool(missing or foreign or differ) or own != 9 or len(stored) != int(samples))
PY
python3 "$work/compare.py" "http://127.0.0.1:$listen" "$work/lines" "$address" "$samples"
sed -n '1p' "$work/proxy.log"
sed -n 's/^note: /merge: /p' "$work/merge.log"

# ---- promtool: its parser is that of Go's client library, of before quoted names

bodies=0
complaints=0
for path in $(cut -f 1 tests/data/corpus/INDEX.tsv | tail -n +2); do
    case $path in *.pb | *.gz) continue ;; esac
    file="tests/data/corpus/$path"
    [ -f "$file" ] || file="$file.gz"
    [ -f "$file" ] || continue
    # Lines in error are left out, and give exit code 1.
    "$exposition" convert --to text --escaping underscores --lossy "$file" >"$work/written" 2>"$work/notes" ||
        [ $? -eq 1 ]
    # Exit code 3 is a matter of style, such as a family without help.
    code=0
    promtool check metrics <"$work/written" >"$work/verdict" 2>&1 || code=$?
    bodies=$((bodies + 1))
    if [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; then
        complaints=$((complaints + 1))
        echo "promtool on $path: $(tail -n 1 "$work/verdict")"
    fi
done
echo "promtool check metrics: $bodies bodies written as text, $complaints complaints about syntax"
[ "$complaints" -eq 0 ]
