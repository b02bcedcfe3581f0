#!/usr/bin/env bash
# Makes the secrets of compose.yaml, each in a file; what is there stays. Back them up apart from the
# database: without secret_key and seal_keys its sealed provider keys can't be used.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets

random() { head -c 48 /dev/urandom | base64 | tr -d '+/=\n' | cut -c1-50; }
# Readable for the server's user in its container; the folder keeps others out.
keep() { [ -e "secrets/$1" ] || { printf '%s' "$2" >"secrets/$1"; chmod 644 "secrets/$1"; }; }

keep postgres_password "$(random)"
keep database_url "postgresql://plandex:$(cat secrets/postgres_password)@postgres:5432/plandex"
for name in secret_key seal_keys admin_password metrics_token; do keep "$name" "$(random)"; done
# smtp://user:password@host:587?from=… ; with console: pins are printed to the log
keep email_url "console:"
echo "Secrets are in $PWD/secrets; the admin's password is in secrets/admin_password."
