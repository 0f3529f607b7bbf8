#!/usr/bin/env bash
# The steps of action.yml: `action.sh install` fetches the executable of this version, `action.sh run` calls it with what the inputs say. No secret
# comes through here: a new key goes from iamkey to its stores, and iamkey tells the runner itself what to mask.
set -euo pipefail

fail() {
  echo "::error::$1"
  exit 1
}

install() {
  local version platform folder libc=
  version=v$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$GITHUB_ACTION_PATH/package.json")
  case "$(ldd --version 2>&1 || true)" in *musl*) libc=-musl ;; esac
  case "$RUNNER_OS-$RUNNER_ARCH" in
    Linux-X64) platform=linux-x64$libc ;;
    Linux-ARM64) platform=linux-arm64$libc ;;
    macOS-X64) platform=darwin-x64 ;;
    macOS-ARM64) platform=darwin-arm64 ;;
    Windows-X64) platform=windows-x64.exe ;;
    Windows-ARM64) platform=windows-arm64.exe ;;
    *) fail "there is no executable for $RUNNER_OS-$RUNNER_ARCH" ;;
  esac
  folder=$RUNNER_TEMP/iamkey-$version
  gh release download "$version" --repo "$REPOSITORY" --pattern "iamkey-$platform" --dir "$folder" --clobber
  # What was downloaded is what the release's own workflow built, byte for byte.
  gh attestation verify "$folder/iamkey-$platform" --repo "$REPOSITORY" --signer-workflow "$REPOSITORY/.github/workflows/release.yml"
  case $platform in *.exe) mv "$folder/iamkey-$platform" "$folder/iamkey.exe" ;; *) mv "$folder/iamkey-$platform" "$folder/iamkey" ;; esac
  chmod +x "$folder"/iamkey*
  echo "$folder" >>"$GITHUB_PATH"
}

# Inputs that are options with a value, as they are called.
OPTIONS='user-name older-than two-keys retire retire-after journal delete-inactive-after check-command wait-timeout access-key-id status profile region endpoint-url'

run() {
  local words=() readers=() used=0 name variable line output delimiter status=0
  for name in $OPTIONS; do
    variable=IAMKEY_$(tr a-z- A-Z_ <<<"$name")
    [ -z "${!variable}" ] || words+=("--$name=${!variable}")
  done
  while IFS= read -r line; do
    [ -z "$line" ] || readers+=("$line")
  done <<<"$IAMKEY_READ_COMMAND"
  while IFS= read -r line; do
    [ -z "$line" ] || words+=("--store=$line")
    # A reader belongs to the store before it.
    if [[ $line == command:* && $used -lt ${#readers[@]} ]]; then
      words+=("--read-command=${readers[used]}")
      used=$((used + 1))
    fi
  done <<<"$IAMKEY_STORE"
  [ "$used" -eq ${#readers[@]} ] || fail "read-command has more lines than there are stores command:…; the first without one is ${readers[used]}"
  case $IAMKEY_PLAN in
    true) words+=(--plan) ;;
    false | '') ;;
    *) fail "plan is $IAMKEY_PLAN; it must be true or false" ;;
  esac
  [ "$IAMKEY_COMMAND" != create-access-key ] || [ -n "$IAMKEY_STORE" ] || fail 'create-access-key needs a store: the output would show the secret in the log'
  output=$(iamkey "$IAMKEY_COMMAND" ${words[@]+"${words[@]}"} --output json --no-cli-pager) || status=$?
  printf '%s\n' "$output"
  delimiter=end-of-output-$RANDOM$RANDOM
  printf 'output<<%s\n%s\n%s\n' "$delimiter" "$output" "$delimiter" >>"$GITHUB_OUTPUT"
  return $status
}

"$1"
