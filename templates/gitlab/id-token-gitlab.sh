# Puts the OIDC token into a file that only this job reads, for the login that comes next.
set -eu +x
umask 077
printf '%s' "${stackgate_id_token:?}" > "${STACKGATE_ID_TOKEN_FILE:?}"
unset stackgate_id_token
