#!/bin/bash
# Sets up what `make run`, `make test` and `hotline prompts render` need: Debian packages, .venv, the locked
# Python packages.
# Usage: scripts/setup.sh run|test|render      Does nothing when everything is there already.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

purpose=${1:-run}
extras=()
venv=.venv
build_lock=scripts/requirements-build.lock
case $purpose in
    run)
        lock=requirements.lock
        packages=()
        ;;
    test)
        lock=requirements-test.lock
        packages=(sip-tester postgresql chromium fonts-noto-cjk espeak-ng)
        extras=(libfaketime sipvicious) # a few tests are passed over without them
        ;;
    render)
        lock=requirements-render.lock
        packages=(espeak-ng)
        ;;
    *)
        echo "usage: scripts/setup.sh run|test|render" >&2
        exit 2
        ;;
esac
stamp=$venv/.set-up-for-$purpose
# One lock may begin with another.
mapfile -t locks < <(sed -n 's/^-r //p' "$lock" && printf '%s\n' "$lock" "$build_lock")

say() { printf '==> %s\n' "$*"; }
fail() {
    printf 'set-up: %s\n' "$*" >&2
    exit 1
}

# -- Debian packages --------------------------------------------------------------------------------

# Prints those of its arguments that are not installed.
not_installed() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
    done
}

# Runs a command as root, or fails without asking for a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# Installs what the purpose can do without; says what could not be installed, and goes on.
try_packages() {
    (install_packages "$@") || say "goes on without: $*; the tests that need them are passed over"
}

install_packages() {
    local wanted="$*" log
    command -v apt-get >/dev/null ||
        fail "needs these Debian packages or what your system calls them: $wanted"
    if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
        fail "these Debian packages are missing: $wanted
        Install them once, as root:  apt-get install --no-install-recommends $wanted"
    fi
    say "installing Debian packages: $wanted"
    log=$(mktemp)
    if ! { as_root apt-get -q update && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "$@"; } >"$log" 2>&1; then
        grep -E '^(E|W|Err):?' "$log" >&2 || tail -n 5 "$log" >&2
        fail "Debian packages could not be installed: $wanted (all of apt's output: $log)"
    fi
    rm -f "$log"
}

# -- Python -----------------------------------------------------------------------------------------

# Prints a Python that is new enough and can make virtual environments.
find_python() {
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

need_python() {
    python=$(find_python) && return
    command -v python3 >/dev/null && python3 -c 'import sys; sys.exit(sys.version_info >= (3, 11))' &&
        fail "$(python3 -V) is too old; Python 3.11 or newer is needed (Debian 12 and 13 have it)"
    install_packages python3 python3-venv
    python=$(find_python) || fail "Python 3.11 or newer with venv is needed; python3 is $(python3 -V)"
}

# What the virtual environment was made from. A moved clone needs a new one: its scripts hold their path.
fingerprint() {
    pwd -P
    cksum "${locks[@]}" pyproject.toml
}

# Shows pip's progress as a count, and what it said when it fails.
install_python_packages() {
    local total log
    total=$(cat "${locks[@]}" | grep -c '^[A-Za-z0-9].*==')
    log=$(mktemp)
    say "installing $total Python packages"
    if ! "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --no-compile --require-hashes -r "$lock" -r "$build_lock" 2>&1 | tee "$log" | count_collected "$total"; then
        grep -E '^ERROR' "$log" >&2 || tail -n 5 "$log" >&2
        fail "Python packages could not be installed (all of pip's output: $log)"
    fi
    if ! "$venv/bin/python" -m pip install --disable-pip-version-check --no-input -q \
        --no-deps --no-build-isolation -e . >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        fail "the project itself could not be installed into $venv (all of pip's output: $log)"
    fi
    # On all processors, where pip would use one. Some packages hold examples that are no Python of today.
    "$venv/bin/python" -m compileall -q -j 0 "$venv/lib" >/dev/null 2>&1 || true
    rm -f "$log"
}

count_collected() {
    local line number=0
    while IFS= read -r line; do
        case $line in
            Collecting*) number=$((number + 1)) && show "    $number of $1" ;;
            Installing*) show "    unpacking" ;;
        esac
    done
    [ ! -t 1 ] || printf '\r\033[K'
}

# Rewrites the line on a terminal; a log is spared it.
show() { [ ! -t 1 ] || printf '\r\033[K%s' "$1"; }

make_venv() {
    need_python
    # One that does not run (its Python is gone, the clone was moved or copied) is made anew.
    if ! { "$venv/bin/python" -m pip --version && head -n 1 "$venv/bin/pip" | grep -qF "$(pwd -P)/"; } >/dev/null 2>&1; then
        say "making $venv with $("$python" -V)"
        rm -rf "$venv"
        "$python" -m venv "$venv" || fail "no virtual environment could be made in $venv"
    fi
    install_python_packages
    fingerprint >"$stamp"
}

mapfile -t missing < <(not_installed "${packages[@]}")
[ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
mapfile -t missing < <(not_installed "${extras[@]}")
[ ${#missing[@]} -eq 0 ] || try_packages "${missing[@]}"
if [ ! -x "$venv/bin/python" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ]; then
    make_venv
fi
