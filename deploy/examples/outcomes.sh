#!/bin/sh
# Which hosts could not be opened, how often and why, from a journal folder. usage: outcomes.sh DIR/journal
# Plain and compressed segments; half a line at the end, still being written, is passed over. Needs jq, and zstd where segments are compressed.
set -eu
cd "$1"
for plain in $(ls | sed -n 's/^\(observations-[0-9]*\.jsonl\)\(\.zst\)\{0,1\}$/\1/p' | sort -u); do
    if [ -e "$plain" ]; then cat "$plain"; else zstd -dcq "$plain.zst"; fi
done | jq -rR 'fromjson? | select(.outcome | IN("timeout", "connect", "dns", "tls")) | [(.url | split("/")[2]), .outcome, .reason // "-"] | @tsv' |
    sort | uniq -c | sort -rn
