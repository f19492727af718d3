#!/bin/bash
# Shows the service with sample data: a server on a fresh store below
# data/demo, which goes on running. `make demo` builds and calls this.
set -euo pipefail
cd "$(dirname "$0")/.."

listen=${LISTEN:-127.0.0.1:50051}
metrics_listen=${METRICS_LISTEN:-127.0.0.1:9464}
samples=deploy/samples/demo.ndjson
account=acc-0016
# The day after the newest sample: since then everything has stalled.
as_of=2025-06-28
store=data/demo
log=data/demo.log
pid_file=data/demo.pid
journeyctl=(build/bin/journeyctl --server "$listen" --tenant demo)

# The server of an earlier demo; another program with its number is let be.
if [[ -f $pid_file ]] && old=$(< "$pid_file") &&
   [[ $(readlink "/proc/$old/exe" 2> /dev/null) == */journeyd* ]]; then
  kill "$old"
  while kill -0 "$old" 2> /dev/null; do sleep 0.1; done
fi
rm -rf "$store"
mkdir -p data

setsid build/bin/journeyd --data-dir "$store" --listen "$listen" \
  --metrics-listen "$metrics_listen" --rules deploy/rules/default.yaml \
  > "$log" 2>&1 < /dev/null &
server=$!
echo "$server" > "$pid_file"

is_ready() { "${journeyctl[@]}" status > /dev/null 2>&1; }
for ((i = 0; i < 100; ++i)); do
  if ! kill -0 "$server" 2> /dev/null; then
    echo "demo: the server did not start; $log says:" >&2
    tail -n 20 "$log" >&2
    rm -f "$pid_file"
    exit 1
  fi
  if is_ready; then break; fi
  sleep 0.1
done
if ! is_ready; then
  echo "demo: the server does not answer on $listen; see $log" >&2
  exit 1
fi

show() {
  printf '\n$ journeyctl --tenant demo %s\n' "$*"
  "${journeyctl[@]}" "$@"
}
show append -f "$samples"
show journey get "account:$account" --as-of "$as_of"
show deals board --as-of "$as_of"
show deals stalled --as-of "$as_of"

cat << EOF

The server goes on running on $listen with the store $store.
  try:   ${journeyctl[*]} --help
  log:   $log
  stop:  kill $server
EOF
