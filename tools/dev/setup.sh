# setup.sh - sourced by tools/quickstart and tools/check: Debian packages that are missing.
#
# need COMMAND-OR-FILE PACKAGE ...   pairs; what is there already costs nothing, and what
# is missing is installed with apt, as root or through sudo, and said.

# want COMMAND-OR-FILE PACKAGE ...   the same for what tests can do without: they say SKIPPED.

want() { need "$@" || echo "going on without" >&2; }

need()
{
    missing=
    while [ $# -gt 1 ]; do
        case $1 in
        /*) [ -e "$1" ] || missing="$missing $2" ;;
        *.pc) pkg-config --exists "${1%.pc}" 2>/dev/null || missing="$missing $2" ;;
        *) command -v "$1" >/dev/null 2>&1 || missing="$missing $2" ;;
        esac
        shift 2
    done
    [ -z "$missing" ] && return 0
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "missing, and there is no apt-get to install it:$missing" >&2
        return 1
    fi
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        as_root=sudo
        command -v sudo >/dev/null 2>&1 || {
            echo "missing, and neither root nor sudo to install it:$missing" >&2
            return 1
        }
    fi
    echo "installing:$missing" >&2
    log=$(mktemp)
    if $as_root apt-get update >"$log" 2>&1 &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends $missing >>"$log" 2>&1; then
        rm -f "$log"
    else
        tail -n 20 "$log" >&2
        echo "apt-get failed; the whole of it: $log" >&2
        return 1
    fi
}

# quietly LOG COMMAND ...: the output only when it fails.
quietly()
{
    log=$1
    shift
    "$@" >"$log" 2>&1 && return 0
    cat "$log" >&2
    return 1
}

# configure DIR OPTION ...: a build folder made, or brought up to date.
configure()
{
    dir=$1
    shift
    if [ -f "$dir/build.ninja" ]; then
        quietly "$dir/setup.log" meson configure "$dir" "$@"
    else
        mkdir -p "$dir"
        quietly "$dir/setup.log" meson setup "$dir" . "$@"
    fi
}
