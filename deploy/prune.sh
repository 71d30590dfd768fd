#!/bin/sh
# Leaves of googleapis the one API that the gateway uses: the others are most of what is installed.
set -eu
cd "$(dirname "$0")/.."
apis=node_modules/googleapis/build/src/apis
[ -d "$apis/analyticsdata" ]
find "$apis" -mindepth 1 -maxdepth 1 -type d ! -name analyticsdata -exec rm -rf {} +
