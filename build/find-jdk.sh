# shellcheck shell=bash
# Sourced by the scripts at the root. Points JAVA_HOME at a JDK of version 21 or newer: the one of JAVA_HOME or the PATH
# if it is new enough, otherwise the newest one installed. Ends with status 2 if there is none.

# Prints the feature version (21, 25, ...) of the JDK in folder $1; nothing if there is no JDK.
jdk_version() {
  if [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
  fi
}

find_jdk() {
  local home version newest=20 path_java
  path_java=$(readlink -f "$(command -v java)" || true)
  for home in "${JAVA_HOME:-}" "${path_java%/bin/java}"; do
    version=$(jdk_version "$home")
    if [[ ${version:-0} -ge 21 ]]; then
      JAVA_HOME=$home
      return
    fi
  done
  for home in /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home ~/.sdkman/candidates/java/*; do
    version=$(jdk_version "$home")
    if [[ ${version:-0} -gt $newest ]]; then
      JAVA_HOME=$home
      newest=$version
    fi
  done
  if [[ $newest -eq 20 ]]; then
    echo "Headwater needs a JDK of version 21 or newer and found none: install one, or set JAVA_HOME to it." >&2
    exit 2
  fi
}

find_jdk
export JAVA_HOME

require_maven() {
  if ! command -v mvn > /dev/null; then
    echo "Headwater is built with Maven 3.8 or newer, and there is no mvn on the PATH: install it." >&2
    exit 2
  fi
}
