# Hands the reports to Azure: as test results, onto the run's page, and as an artifact. It says nothing that a report says.
set -eu +x
vso="##vso"
report="$PWD/stackgate-audit"
[ -d "$report" ] || exit 0
for what in review logs; do
  [ ! -s "$report/$what.xml" ] || echo "${vso}[results.publish type=JUnit;mergeResults=false;runTitle=Pulumi audit: $what;publishRunAttachments=false;resultFiles=$report/$what.xml;]"
  [ ! -s "$report/$what.markdown" ] || cp "$report/$what.markdown" "$report/$what.md"
  [ ! -s "$report/$what.md" ] || echo "${vso}[task.uploadsummary]$report/$what.md"
  for kind in xml markdown; do
    [ ! -s "$report/$what.$kind" ] || echo "${vso}[artifact.upload containerfolder=stackgate-audit;artifactname=stackgate-audit]$report/$what.$kind"
  done
done
