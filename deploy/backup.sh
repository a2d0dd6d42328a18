#!/bin/sh
# Prefect's database, and of a lake in a folder raw/ and the decisions of people: all the rest follows from them.
# A lake on a store is backed up by the store (versions, replication). Fourteen dumps are kept.
# Wants BACKUPS, a folder elsewhere; PGHOST, PGUSER, PGPASSWORD; optionally LAKE and CORRECTIONS, folders.
set -eu
: "${BACKUPS:?folder for the backups}"
mkdir -p "$BACKUPS/prefect"
dump="$BACKUPS/prefect/$(date -u +%Y%m%dT%H%M%SZ).dump"
pg_dump --format=custom --file="$dump.part" prefect
mv "$dump.part" "$dump"
ls -1 "$BACKUPS"/prefect/*.dump | sort -r | tail -n +15 | xargs -r rm --
if [ -n "${LAKE:-}" ]; then
	mkdir -p "$BACKUPS/raw"
	cp -Rn "$LAKE/raw/." "$BACKUPS/raw/" # never edited once written, so what is there stays
fi
if [ -n "${CORRECTIONS:-}" ]; then
	mkdir -p "$BACKUPS/corrections"
	cp -R "$CORRECTIONS/." "$BACKUPS/corrections/"
fi
