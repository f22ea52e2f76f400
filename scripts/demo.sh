#!/usr/bin/env bash
# Juno's demo: a cluster of four processes, three acts, and then the prompt is yours.
#
#   ./scripts/demo.sh           the acts; on a terminal it then opens the prompt, else it stops the cluster and ends
#   ./scripts/demo.sh --tmux    four nodes and the prompt in panes of tmux, as the old demo laid them out; you play
#
# Environment: JUNO_DEMO_NODES (4), JUNO_DEMO_SIZES ("1000 5000"). The ledgers lie in a temporary folder, removed at the end.
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"

case "${1:-}" in
  "" | --tmux) ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; [ "$1" = --help ] && exit 0 || exit 2 ;;
esac

nodes="${JUNO_DEMO_NODES:-4}"
read -r -a sizes <<<"${JUNO_DEMO_SIZES:-1000 5000}"
home=$(mktemp -d "${TMPDIR:-/tmp}/juno-demo-XXXXXX")
dir="$home/cluster"
cluster=""
finish() {
  local status=$?
  trap - EXIT
  if [ -n "$cluster" ]; then
    kill -TERM "$cluster" 2>/dev/null || true
    wait "$cluster" || status=$?
  fi
  rm -rf "$home"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

juno() { node client/juno.ts "$@"; }

if [ "${1:-}" = --tmux ]; then
  command -v tmux >/dev/null || { echo "tmux is not installed (Debian: apt-get install tmux), or run ./scripts/demo.sh without --tmux" >&2; exit 1; }
  juno init --nodes "$nodes" --dir "$dir" --base-port 0 >/dev/null
  session="juno-$$"
  run="PATH=$(printf %q "$PATH") node client/juno.ts"
  # The prompt on the left, the nodes below each other on the right.
  tmux new-session -d -s "$session" -x "${COLUMNS:-160}" -y "${LINES:-48}" "$run repl --dir $dir; tmux kill-session -t $session"
  tmux split-window -h -t "$session:0.0" "$run start --config $dir/node0/config.toml"
  for ((i = 1; i < nodes; i++)); do
    tmux split-window -v -t "$session:0.$i" "$run start --config $dir/node$i/config.toml"
    tmux select-layout -t "$session:0" main-vertical >/dev/null
  done
  tmux select-layout -t "$session:0" main-vertical >/dev/null
  tmux select-pane -t "$session:0.0"
  if [ -t 0 ] && [ -t 1 ]; then
    if [ -n "${TMUX:-}" ]; then tmux switch-client -t "$session"; else tmux attach -t "$session"; fi
  else
    echo "$session"
  fi
  while tmux has-session -t "$session" 2>/dev/null; do sleep 0.5; done
  exit 0
fi

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '\n%s\n' "$*"; }

# What it types is shown with the answers.
act() { printf '%s\n' "$@" | juno repl --dir "$dir"; }

say "Starting $nodes nodes, each a process of its own, under $dir"
node client/juno.ts up -n "$nodes" --dir "$dir" --base-port 0 >"$home/up.log" 2>&1 &
cluster=$!
for ((i = 0; ; i++)); do
  if juno status --dir "$dir" -o json 2>/dev/null | grep -q '"role": *"leader"'; then break; fi
  if ! kill -0 "$cluster" 2>/dev/null || [ "$i" -ge 120 ]; then
    echo "The cluster did not elect a leader; its log:" >&2
    cat "$home/up.log" >&2
    exit 1
  fi
  sleep 0.5
done
juno status --dir "$dir"

say "Act 1. Two accounts, and a transfer between them"
act "CreateAccount Acct1" "CreateAccount Acct2" "AdjustAccount Acct1 100000%1" "ObserveAccounts" \
  "transfer(Acct1->Acct2, 1%1)" "ObserveAccounts"

say "Act 2. Client batching: many commands in one message, each signed on its own"
act "${sizes[@]/#/batch test:}"

say "Act 3. Leader batching: many messages with one command each, which the leader batches as they come"
act "${sizes[@]/#/many test:}"

say "Every node has the same log and the same state"
juno status --dir "$dir"

if [ -t 0 ] && [ -t 1 ]; then
  say "The prompt is yours: 'help' lists the commands, Ctrl-D ends the demo and stops the cluster"
  juno repl --dir "$dir" || true
fi
say "Stopping the cluster"
