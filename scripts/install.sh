#!/usr/bin/env bash
# Installs, from Debian's packages, what a build or the tests need and this machine lacks.
# Usage: scripts/install.sh build|test
set -euo pipefail

missing=()
need() { # need COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

demand() { # demand COMMAND SENTENCE
    command -v "$1" >/dev/null 2>&1 || { echo "$2" >&2; exit 1; }
}

demand cargo "Rust is missing: install it from https://rustup.rs (1.95 or later), then run the command again."
demand npm "Node.js is missing: install Node.js 20 with npm, then run the command again."

need cc build-essential
need g++ build-essential
if [ "${1:-build}" = test ]; then
    [ -x "$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | tail -n 1)" ] || missing+=(postgresql)
    need redis-server redis-server
    need chromium chromium
    need curl curl
    # Without Debian's python3-venv there is a python3 that cannot make an environment.
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
    fc-list :lang=ko 2>/dev/null | grep -q . || missing+=(fontconfig fonts-noto-cjk)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "These Debian packages are missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
echo "▸ Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
