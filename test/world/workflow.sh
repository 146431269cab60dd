#!/usr/bin/env bash
# The workflow against its model, at length: everybody tries everything in every way on every event; a walk of ten times the usual length.
set -eu
cd "$(dirname "$0")/../.."
GRID_GOV_WORLD=1 exec test/tap.sh workflow workflow_walk
