#!/usr/bin/env bash
# The clock against its slow reference at full size: two thousand random calendars (GRID_GOV_CALENDARS chooses another number).
set -u
cd "$(dirname "$0")/../.."
export GRID_GOV_CALENDARS=${GRID_GOV_CALENDARS:-2000}
exec test/tap.sh clock
