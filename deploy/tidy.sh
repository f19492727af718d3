#!/bin/bash
# Runs clang-tidy over every unit that changed since it was last found clean.
#
#   deploy/tidy.sh JOBS       needs a finished build in build/
#
# A unit has changed when its object is newer than the stamp beside it: the
# build renews an object exactly when a file it includes has changed. Another
# .clang-tidy makes all of them stale.
set -euo pipefail
cd "$(dirname "$0")/.."

stale=()
while read -r object unit; do
  object=build/$object
  stamp=$object.tidy
  if [[ ! $stamp -nt $object || ! $stamp -nt .clang-tidy ]]; then
    stale+=("$stamp" "$unit")
  fi
done < <(sed -n 's/.* -o \(\S*\) -c \([^ "]*\)".*/\1 \2/p' \
           build/compile_commands.json \
         | grep -v " $PWD/build/" | awk '!seen[$2]++')

echo "clang-tidy: $((${#stale[@]} / 2)) units to look at"
if ((${#stale[@]} == 0)); then exit 0; fi
# Only clang knows thread-safety analysis, so it is asked for here. A stamp has
# the time at which the look began: the unit may change during it.
printf '%s\n' "${stale[@]}" | xargs -P "${1:-1}" -n 2 bash -c '
  touch "$0.begun"
  clang-tidy-14 -p build --quiet --extra-arg=-Wthread-safety "$1" \
    2> >(grep -v "warnings generated" >&2) || exit 1
  mv "$0.begun" "$0"
  echo "clean: ${1#"$PWD/"}"'
