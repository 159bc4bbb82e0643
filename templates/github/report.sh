# Reports for all previews, so that one required check is enough; a preview that its path filter held back is no failure.
set -eu +x
echo "results: ${STACKGATE_RESULTS:-none}"
case " ${STACKGATE_RESULTS:-} " in
  *" failure "* | *" cancelled "*) exit 1 ;;
esac
