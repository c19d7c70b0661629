#!/bin/bash
# Runs once, on an empty cluster: for each service a database, an owner that migrates and a role that may not change its history.
set -euo pipefail

for name in accounts interactions complaints loyalty privacy; do
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set name="$name" --set password="$GUANXI_DATABASE_PASSWORD" <<'SQL'
    select format('create role %I login password %L', :'name' || '_owner', :'password') \gexec
    select format('create role %I login password %L', :'name' || '_app', :'password') \gexec
    select format('alter role %I set transaction_timeout = %L', :'name' || '_app', '30s') \gexec
    select format('create database %I owner %I', :'name', :'name' || '_owner') \gexec
    \connect :name
    select format('alter schema public owner to %I', :'name' || '_owner') \gexec
    select format('revoke all on database %I from public', :'name') \gexec
    select format('grant connect, temporary on database %I to %I', :'name', :'name' || '_app') \gexec
    select format('grant usage, create on schema public to %I', :'name' || '_app') \gexec
SQL
done
