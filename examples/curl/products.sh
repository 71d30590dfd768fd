#!/bin/sh
# Figures of five products, with what they cost: sh examples/curl/products.sh [URL]
# A partial failure is 200 with "errors"; curl fails only where nothing was answered (4xx, 503 with Retry-After).
set -eu
curl --silent --show-error --fail-with-body --retry 3 --max-time 60 "${1:-http://localhost:4000/graphql}" \
  --header 'content-type: application/json' --header 'gateway-trace: 1' \
  --data @- <<'JSON'
{
  "query": "query Products($site: ID!, $first: Int!) { site(id: $site) { products(first: $first) { nodes { name googleAnalytics { pageViews sessions } partner { orders revenue freshness { state asOf } } } } } }",
  "variables": { "site": "shop", "first": 5 }
}
JSON
