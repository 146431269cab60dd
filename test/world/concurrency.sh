#!/usr/bin/env bash
# The concurrency proof at full size: 100 sessions for a minute on the same thousand events.
set -u
cd "$(dirname "$0")/../.."
export GRID_GOV_SESSIONS=${GRID_GOV_SESSIONS:-100} GRID_GOV_SECONDS=${GRID_GOV_SECONDS:-60} GRID_GOV_EVENTS=${GRID_GOV_EVENTS:-1000}
exec test/tap.sh concurrency
