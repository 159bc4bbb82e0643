#!/bin/sh
set -e
npm ci
pulumi stack select acme/app/dev
pulumi up --yes
