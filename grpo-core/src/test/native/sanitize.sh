#!/usr/bin/env bash
# kernels_test.cpp and the kernels under AddressSanitizer and UndefinedBehaviorSanitizer, with each set of instructions that
# this processor has:
#   [R1ZERO_POSITIONS=N] sanitize.sh FOLDER [SET...]      N: how long the long contexts are, 6,000 where it is not given
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
export CXXFLAGS="-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all"
export R1ZERO_REQUIRE_KERNELS=1
bash "$here/../../main/native/build.sh" "$folder" "" "$here/kernels_test.cpp"
[ $# -gt 0 ] || set -- amx avx512bf16 avx512 avx2 generic
for set in "$@"; do
  if R1ZERO_KERNELS=$set "$folder/kernels_test" ${R1ZERO_POSITIONS:-}; then continue; fi
  [ $? = 2 ] && echo "$set: left out" || exit 1
done
