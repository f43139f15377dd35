# shellcheck shell=bash
# What every script shares: where things are, and how a script says what it does. Sourced, never run.
# shellcheck disable=SC2034  # used by those who source it
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Pinned tools that would clash with another version of yours live here, and only these scripts see them.
tools=${XDG_CACHE_HOME:-$HOME/.cache}/doorward/tools
export PATH="$tools/bin:$root/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

target=${CARGO_TARGET_DIR:-target}
[[ $target == /* ]] || target=$root/$target

say() { printf '==> %s\n' "$*"; }
fail() {
  printf '==> %s\n' "$*" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# The browser of the end-to-end tests: $CHROMIUM, the system's, or the one Playwright fetched for itself.
chromium_path() {
  local name path names=(chromium chromium-browser google-chrome google-chrome-stable)
  if [[ -n ${CHROMIUM:-} ]]; then names=("$CHROMIUM"); fi
  for name in "${names[@]}"; do
    # Ubuntu's chromium-browser is a stub that asks for the snap; only a browser that says its version counts.
    if path=$(command -v "$name") && "$path" --version >/dev/null 2>&1; then
      echo "$path"
      return
    fi
  done
  [[ -z ${CHROMIUM:-} ]] || return
  path=$(node -p 'require("playwright-core").chromium.executablePath()' 2>/dev/null) && [[ -x $path ]] && echo "$path"
}

# The folder of initdb and pg_ctl: Debian and Ubuntu keep the server's programs off PATH.
postgres_bin() {
  local folder
  for folder in /usr/lib/postgresql/*/bin; do
    [[ -x $folder/initdb && -x $folder/pg_ctl ]] && echo "$folder"
  done | sort -V | tail -n 1 | grep . && return
  has initdb && has pg_ctl && dirname "$(command -v initdb)"
}
