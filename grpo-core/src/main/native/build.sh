#!/usr/bin/env bash
# libr1zero_kernels.so from the sources beside this, once for each instruction set of this architecture:
#   build.sh FOLDER [JAVA_HOME]
#   build.sh FOLDER "" PROGRAM.cpp      # or a program with all of them but jni.cpp: FOLDER/PROGRAM
# Compiled by $CXX, else clang++, g++ or PyPI's ziglang. Where that fails, not-built.txt says why, the build goes on and
# sampling and training use TorchScript; R1ZERO_REQUIRE_KERNELS=1 makes it a failure. Does nothing where the library is newer than its sources.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
java=${2:-${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}}
program=${3:+$(readlink -f "$3")}
cd "$(dirname "$0")"
out=$folder/$([ -n "$program" ] && basename "$program" .cpp || echo libr1zero_kernels.so)
[ -f "$out" ] && [ -z "$(find . $program -newer "$out" -print -quit)" ] && exit 0
rm -f "$out" "$folder/not-built.txt"

give_up() {
  echo "$1" >"$folder/not-built.txt"
  echo "r1zero: native kernels were not built ($1): sampling and training use TorchScript, which is slower" >&2
  [ -z "${R1ZERO_REQUIRE_KERNELS:-}" ]
  exit
}
compiler() {
  if [ -n "${CXX:-}" ]; then echo "$CXX"
  elif command -v clang++ || command -v g++; then :
  elif python3 -c 'import ziglang' 2>/dev/null; then echo "python3 -m ziglang c++ -fno-sanitize=undefined"
  else return 1
  fi
}
[ "$(uname -s)" = Linux ] || give_up "they need Linux"
[ -n "$program" ] || [ -f "$java/include/jni.h" ] || give_up "no jni.h in $java/include; a JDK has it"
cxx=$(compiler) || give_up "no C++ compiler; install g++ and build again"

objects=$(mktemp -d "$folder/objects.XXXXXX")
trap 'rm -rf "$objects"' EXIT
flags="-std=c++17 -O3 -ffp-contract=fast -fno-math-errno -fPIC -fvisibility=hidden -Wall -Wextra -Wno-psabi -Wno-maybe-uninitialized -Wno-uninitialized ${CXXFLAGS:-}"
compile() { # NAME SOURCE FLAGS...
  local name=$1 source=$2
  shift 2
  # shellcheck disable=SC2086
  $cxx $flags "$@" -c "$source" -o "$objects/$name.o"
}
jobs=()
start() { compile "$@" 2>"$objects/$1.log" & jobs+=($!); }
# the compiler's target, which is another machine's where it is a cross compiler
target=$($cxx -dumpmachine 2>/dev/null || uname -m)
if [ "${target%%-*}" = x86_64 ]; then
  avx2=(-mavx2 -mfma -mf16c -mbmi2)
  avx512=("${avx2[@]}" -mavx512f -mavx512bw -mavx512vl -mavx512dq -mprefer-vector-width=512)
  start amx kernels.cpp -DISA=amx "${avx512[@]}" -mavx512bf16 -mavx512vnni -mamx-tile -mamx-bf16 -mamx-int8
  start avx512bf16 kernels.cpp -DISA=avx512bf16 "${avx512[@]}" -mavx512bf16 -mavx512vnni
  start avx512 kernels.cpp -DISA=avx512 "${avx512[@]}"
  start avx2 kernels.cpp -DISA=avx2 "${avx2[@]}"
fi
start generic kernels.cpp -DISA=generic
start team team.cpp
start model model.cpp
if [ -n "$program" ]; then start program "$program" -I.
else start jni jni.cpp -I"$java/include" -I"$java/include/linux"
fi
failed=
for job in "${jobs[@]}"; do wait "$job" || failed=1; done
if [ -n "$failed" ]; then
  head -n 40 "$objects"/*.log >&2
  give_up "$cxx failed; its first messages are above"
fi
if [ -n "$program" ]; then
  # shellcheck disable=SC2086
  $cxx ${CXXFLAGS:-} -o "$out" "$objects"/*.o -pthread || give_up "linking failed"
  exit
fi
# libtorch brings a libstdc++ of its own, which may be older than this compiler's
static=()
case $cxx in *zig*) ;; *) static=(-static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL) ;; esac
# shellcheck disable=SC2086
$cxx ${CXXFLAGS:-} -shared -o "$objects/library" "$objects"/*.o "${static[@]}" -pthread -Wl,--no-undefined || give_up "linking failed"
mv "$objects/library" "$out"
