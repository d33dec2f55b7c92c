#!/usr/bin/env bash
# Builds the page into target/web/: a folder that any web space can hold.
#
#   tests/web/build.sh [PROGRAM]
#
# Given the desktop program, a run is trained with it that the page offers.
# With rustup's target wasm32-unknown-unknown where that is installed, else with Debian's compiler for the web, which is
# unpacked below target/web-tools and installed nowhere. Ends with 3 where there is neither, or it cannot be fetched.
set -euo pipefail
program=$(realpath "${1:-/}")
cd "$(dirname "$0")/../.."
tools=$PWD/target/web-tools
out=target/web
target=wasm32-unknown-unknown
mkdir -p "$tools" "$out"

step() { echo "== $*"; }

# What the host's builds are told is not for the page: vectors, which every browser of some years has; without them the
# letters' rasteriser alone is 2 MB of what stands in for them. 8 MB of stack, as threads of a system have.
flags="-Ctarget-feature=+simd128 -Clink-arg=-zstack-size=8388608"
std=()
if [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; then
  compiler=()
elif command -v apt-get >/dev/null && [ -n "$(apt-cache search --names-only '^rustc-web$')" ]; then
  step "Debian's compiler for the web"
  if [ ! -x "$tools/rustc" ]; then
    std_package=$(apt-cache depends libstd-rust-web-dev | sed -n 's/.*Depends: \(libstd-rust-web-[0-9.]*\)$/\1/p')
    llvm=$(apt-cache depends "$std_package" | sed -n 's/.*Depends: libllvm\([0-9]*\)$/\1/p')
    mkdir -p "$tools/packages" "$tools/root"
    (cd "$tools/packages" && apt-get download -qq rustc-web libstd-rust-web-dev "$std_package" rust-web-src "libllvm$llvm" "lld-$llvm") ||
      { echo "Debian's compiler for the web cannot be fetched" >&2; exit 3; }
    for package in "$tools"/packages/*.deb; do dpkg -x "$package" "$tools/root"; done
    rm -r "$tools/packages"
    # Their libraries are for them alone.
    usr=$tools/root/usr
    for tool in "rustc=$usr/bin/rustc" "wasm-ld=$usr/lib/llvm-$llvm/bin/wasm-ld"; do
      printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$usr/lib/x86_64-linux-gnu:$usr/lib/llvm-$llvm/lib" "${tool#*=}" >"$tools/${tool%%=*}"
      chmod +x "$tools/${tool%%=*}"
    done
  fi
  compiler=("RUSTC=$tools/rustc" RUSTC_BOOTSTRAP=1 "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$tools/wasm-ld")
  # Debian's has no library for this target built.
  std=(-Z build-std=std,panic_abort)
else
  echo "there is no compiler for the page: rustup target add $target" >&2
  exit 3
fi

step "wasm-bindgen"
version=$(sed -n '/^name = "wasm-bindgen"$/{n;s/version = "\(.*\)"/\1/p}' Cargo.lock)
if ! "$tools/bin/wasm-bindgen" --version 2>/dev/null | grep -qF "$version"; then
  cargo install --quiet wasm-bindgen-cli --version "$version" --root "$tools" --no-default-features --target-dir target/web-tools/build ||
    { echo "wasm-bindgen-cli $version cannot be installed" >&2; exit 3; }
  rm -r target/web-tools/build
fi

step "the program"
env "${compiler[@]}" RUSTFLAGS="$flags" cargo build --locked --profile web --bin metascope --no-default-features \
  "${std[@]}" --target "$target" --target-dir target/web-build

step "the page"
"$tools/bin/wasm-bindgen" --target web --no-typescript --remove-name-section --remove-producers-section \
  --out-name metascope --out-dir "$out" "target/web-build/$target/web/metascope.wasm"
if command -v wasm-opt >/dev/null; then
  wasm-opt -O3 --all-features "$out/metascope_bg.wasm" -o "$out/smaller.wasm" && mv "$out/smaller.wasm" "$out/metascope_bg.wasm"
fi
cp assets/web/index.html "$out/"
mkdir -p "$out/ready"
: >"$out/ready/list.txt"
if [ -f "$program" ]; then
  step "a run that is ready"
  made=$(mktemp -d)
  "$program" run "metascope:1 class maml" --iterations 2000 --out "$made/run" >/dev/null 2>&1
  cp "$made/run/run.safetensors" "$out/ready/class.safetensors"
  echo class >"$out/ready/list.txt"
  rm -r "$made"
fi
echo "target/web: $(find "$out" -maxdepth 1 -type f -exec cat {} + | gzip -9 | wc -c) bytes, packed; without the runs that are ready"
