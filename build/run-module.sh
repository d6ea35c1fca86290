# shellcheck shell=bash
# Sourced by ./demo and ./bench.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=build/find-jdk.sh
source "$root/build/find-jdk.sh"

# Succeeds if module folder $1 was built after the last change of a source, and everything on its class path still exists.
is_built() {
  local stamp=$1/target/built entry entries
  [[ -e $stamp ]] || return 1
  [[ -z $(find "$root"/pom.xml "$root"/.mvn "$root"/{*,examples/*,kafka/servers}/{pom.xml,src/main} -newer "$stamp") ]] || return 1
  IFS=: read -ra entries < "$1/target/classpath"
  for entry in "${entries[@]}"; do
    [[ -e $entry ]] || return 1
  done
}

# run_module FOLDER MAIN_CLASS ARGS...: replaces the shell by the program, built first if need be.
run_module() {
  local module=$1 main=$2 target=$root/$1/target log
  shift 2
  if ! is_built "$root/$module"; then
    require_maven
    echo "Building $module (the first run fetches dependencies) ..." >&2
    mkdir -p "$target"
    touch "$target/building"
    if ! log=$(mvn -B -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -f "$root/pom.xml" -pl "$module" -am compile 2>&1); then
      echo "$log" >&2
      exit 1
    fi
    mv "$target/building" "$target/built"
  fi
  exec "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED \
    -cp "$target/classes:$(< "$target/classpath")" "$main" "$@"
}
