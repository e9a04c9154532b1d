#!/bin/sh
# Builds agent_console/static/vendor/jssip.min.js from the published packages, the same bytes every time.
# Needs npm and an account of nothing: packages come from wherever this machine's npm takes them, and each
# is checked against the hash below. Usage: scripts/build_jssip.sh
set -eu
vendor=$(cd "$(dirname "$0")/.." && pwd)/agent_console/static/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work"

cat > package.json <<'PACKAGE'
{
  "name": "jssip-for-the-hotline", "private": true, "type": "module",
  "dependencies": {"jssip": "3.13.8", "esbuild": "0.28.2"},
  "overrides": {"debug": "4.4.3", "events": "3.3.0", "ms": "2.1.3", "sdp-transform": "2.15.0"}
}
PACKAGE
# The hashes of what goes into the file, and of what makes it (npm writes them into package-lock.json).
cat > hashes <<'HASHES'
jssip sha512-ErxEdy13vXR5izGo42fpXOU64UmC2VF7Shg4oYG7R2NzZF0FTPeYikffkIIQa9w+/11YvTlgezG1nSaycWYXPA==
debug sha512-RGwwWnwQvkVfavKVt22FGLw+xYSdzARwm0ru6DhTVA3umU5hZc28V3kO4stgYryrTlLpuvgI9GiijltAjNbcqA==
events sha512-mQw+2fkQbALzQ7V0MY0IqdnXNOeTtP4r0lN9z7AAawCXgqea7bDii20AYrIBrFd/Hx0M2Ocz6S111CaFkUcb0Q==
ms sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==
sdp-transform sha512-KrOH82c/W+GYQ0LHqtr3caRpM3ITglq3ljGUIb8LTki7ByacJZ9z+piSGiwZDsRyhQbYBOBJgr2k6X4BZXi3Kw==
esbuild sha512-HKVLS8dvII+xoKW9kmqxbRKrnWEXfJJr/FZhhJmiqIB0e053QNYFqOBouTMO/k5sID4MvCiUCvv8b9M4h32wIA==
HASHES

npm install --silent --ignore-scripts --no-audit --no-fund
while read -r package hash; do
  grep -q -F "\"integrity\": \"$hash\"" package-lock.json || {
    echo "$package: what npm got is not what is expected; nothing is written" >&2
    exit 1
  }
done < hashes

echo 'export { UA, WebSocketInterface } from "jssip";' > entry.js
banner='/* JsSIP 3.13.8 with debug, events, ms and sdp-transform; MIT License, see LICENSE-jssip.txt. */'
node_modules/.bin/esbuild entry.js --bundle --minify --format=esm --target=es2020 \
  --define:process.env.NODE_ENV='"production"' --legal-comments=none "--banner:js=$banner" \
  --log-level=warning --outfile="$work/jssip.min.js"

for package in jssip:LICENSE.md debug:LICENSE events:LICENSE ms:license.md sdp-transform:LICENSE; do
  printf '%s\n\n' "---- ${package%%:*} ----"
  cat "node_modules/${package%%:*}/${package#*:}"
  printf '\n'
done > "$work/LICENSE-jssip.txt"
cp jssip.min.js LICENSE-jssip.txt "$vendor/"
cd "$vendor" && sha256sum jssip.min.js
