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
# Interest fades: on the later day nobody is marketing qualified any more.
mql_as_of=2025-05-01
store=data/demo
log=data/demo.log
pid_file=data/demo.pid

# The server of an earlier demo; another program with its number is let be.
if [[ -f $pid_file ]] && old=$(< "$pid_file") &&
   [[ $(readlink "/proc/$old/exe" 2> /dev/null) == */journeyd* ]]; then
  kill "$old"
  while kill -0 "$old" 2> /dev/null; do sleep 0.1; done
fi
rm -rf "$store"
mkdir -p data

: > "$log"  # What an earlier server said must not count.
setsid build/bin/journeyd --data-dir "$store" --listen "$listen" \
  --metrics-listen "$metrics_listen" --rules deploy/rules/default.yaml \
  > "$log" 2>&1 < /dev/null &
server=$!
echo "$server" > "$pid_file"

# Our own process says when it is ready: whoever answers on the port may be
# another server, which must not get the samples.
is_ready() {
  kill -0 "$server" 2> /dev/null && grep -q '^journeyd ready' "$log"
}
for ((i = 0; i < 300; ++i)); do
  if is_ready; then break; fi
  if ! kill -0 "$server" 2> /dev/null; then
    rm -f "$pid_file"
    echo "demo: the server did not start; $log says:" >&2
    tail -n 20 "$log" >&2
    if grep -q 'cannot listen on' "$log"; then
      cat >&2 << EOF
demo: perhaps another program has that port already. Choose others, for example
  make demo LISTEN=127.0.0.1:50061 METRICS_LISTEN=127.0.0.1:9474
EOF
    fi
    exit 1
  fi
  sleep 0.1
done
if ! is_ready; then
  echo "demo: the server is not ready after 30 s; see $log" >&2
  exit 1
fi
# With port 0 the system has chosen one.
listen=$(sed -n 's/^journeyd ready grpc=\([^ ]*\).*/\1/p' "$log")
journeyctl=(build/bin/journeyctl --server "$listen" --tenant demo)

show() {
  printf '\n$ journeyctl --tenant demo %s\n' "$*"
  "${journeyctl[@]}" "$@"
}
show append -f "$samples"
show journey get "account:$account" --as-of "$as_of"
show journey map "account:$account" --as-of "$as_of"
show journey list --lead-status mql --as-of "$mql_as_of"
show deals board --as-of "$as_of"
show deals stalled --as-of "$as_of"

cat << EOF

The server goes on running on $listen with the store $store.
  try:   ${journeyctl[*]} --help
  log:   $log
  stop:  kill $server
EOF
