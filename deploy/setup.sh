#!/bin/bash
# Installs what is needed to build, run and test on Debian 12 (bookworm).
#
#   deploy/setup.sh           compiler, build tools and libraries
#   deploy/setup.sh --check   also the tools of `make check`
#
# Only Debian's own packages, only those that are missing. When nothing is
# missing it does nothing, so everything may call it every time.
set -euo pipefail

packages=(
  # Build tools.
  make g++ cmake ninja-build ccache pkg-config
  # Messages and calls.
  libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc
  libabsl-dev
  # The event log and the views. The second line is what RocksDB's CMake
  # package looks for.
  librocksdb-dev
  libjemalloc-dev libgflags-dev libsnappy-dev zlib1g-dev libbz2-dev liblz4-dev libzstd-dev
  # Rule sets, configuration, logging, time zones.
  libyaml-cpp-dev libcli11-dev libspdlog-dev nlohmann-json3-dev libssl-dev
  tzdata
  # Metrics. The second line, and libcurl below, is what prometheus-cpp's CMake
  # package looks for.
  prometheus-cpp-dev
  libcivetweb-dev
  # journeyctl's imports, and its deliveries.
  libsqlite3-dev
  libcurl4-openssl-dev
  # Tests.
  libgtest-dev libgmock-dev libcpp-httplib-dev zsh
)
if [[ ${1:-} == --check ]]; then
  packages+=(clang-format-14 clang-tidy-14 clang-14)
fi

if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
  echo "setup: this is not Debian; install what corresponds to:" >&2
  echo "  ${packages[*]}" >&2
  exit 1
fi

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null) == \
     installed ]]
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then exit 0; fi

as_root=()
if ((EUID != 0)); then
  if ! command -v sudo > /dev/null; then
    echo "setup: run this as root, or install: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "setup: installing ${missing[*]}"
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" < /dev/null
}
apt update
apt install -y --no-install-recommends "${missing[@]}"
