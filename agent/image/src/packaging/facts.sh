#!/bin/sh
# What the image has of Debian: prints properties that start with "fact.", and writes the package's status, for scanners, to $1.
set -eu
dpkg-query -W -f 'Package: ${Package}\nStatus: install ok installed\nMaintainer: ${Maintainer}\nArchitecture: ${Architecture}\nSource: ${source:Package} (${source:Version})\nVersion: ${Version}\nBuilt-Using: ${Built-Using}\nDescription: ${binary:Summary}\n' busybox-static >"$1"
purl() { printf '%s' "$1" | sed 's/:/%3A/g; s/+/%2B/g; s/~/%7E/g'; }
package=$(dpkg-query -W -f '${Version}' busybox-static)
busybox=$(dpkg-query -W -f '${source:Package} ${source:Version}' busybox-static)
glibc=$(dpkg-query -W -f '${Built-Using}' busybox-static | sed -n 's/.*\(glibc\) (= \([^)]*\)).*/\1 \2/p')
[ -n "$glibc" ] || { echo "busybox-static does not say of which glibc it was built (Built-Using)" >&2; exit 1; }
. /etc/os-release
cat <<FACTS
fact.package=$package
fact.package.purl=$(purl "$package")
fact.busybox=$busybox
fact.busybox.name=${busybox% *}
fact.busybox.version=${busybox#* }
fact.glibc=$glibc
fact.glibc.name=${glibc% *}
fact.glibc.version=${glibc#* }
fact.glibc.purl=$(purl "${glibc#* }")
fact.architecture=$(dpkg-query -W -f '${Architecture}' busybox-static)
fact.debian=${VERSION_ID:-}
FACTS
