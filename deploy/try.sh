#!/usr/bin/env bash
# What the image does, without an engine: packs the built package, unpacks it in an empty folder, and asks its demo there.
# Then the same with its packages installed, as who installs it from a registry has it.
# Usage: bash deploy/try.sh [NODE...]   each NODE is another node to serve with; the one of PATH is always tried.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
served=
trap 'if [ -n "$served" ]; then kill "$served" || true; fi; rm -rf "$folder"' EXIT

npm --prefix "$root" run --silent build
packed=$folder/$(cd "$folder" && npm pack --silent --pack-destination "$folder" "$root" | tail -n 1)
echo "packed: $(du --apparent-size --block-size=K "$packed" | cut -f1)"
tar --extract --gzip --strip-components=1 --directory "$folder" --file "$packed"
cd "$folder"
echo "unpacked: $(du --summarize --block-size=M package.json dist | awk '{ sum += $1 } END { print sum "M" }')"

serve() { # serve NODE: starts the demo with it, and asks
  local node=$1 port begin ready
  port=$((20000 + RANDOM % 20000))
  begin=$(date +%s%N)
  "$node" dist/cli.js demo --port "$port" --latency 1 >"$folder/demo.log" 2>&1 &
  served=$!
  for _ in $(seq 300); do
    curl --silent --fail --output /dev/null "http://127.0.0.1:$port/readyz" && break
    sleep 0.05
  done
  ready=$((($(date +%s%N) - begin) / 1000000))
  curl --silent --fail --max-time 30 "http://127.0.0.1:$port/graphql" --header 'content-type: application/json' \
    --data '{"query":"{ site(id: \"shop\") { products(first: 40) { nodes { googleAnalytics { pageViews } partner { orders } } } } }"}' |
    "$node" -e '
      const answer = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      const whole = answer.data.site.products.nodes.filter(({ googleAnalytics, partner }) => googleAnalytics.pageViews !== null && partner.orders !== null);
      console.log(`Node ${process.version}: the demo was ready after ${process.argv[1]} ms and answered ${whole.length} of 40 products`);
      if (answer.errors || whole.length !== 40) process.exit(1);
    ' "$ready" || { cat "$folder/demo.log"; exit 1; }
  kill "$served" && wait "$served" || true
  served=
}

serve node
# A package never brings its lock file.
cp "$root/package-lock.json" "$folder"
npm ci --omit=dev --ignore-scripts --no-audit --no-fund --silent
echo "installed: $(du --summarize --block-size=M node_modules | cut -f1) of packages"
for node in node "$@"; do serve "$node"; done
