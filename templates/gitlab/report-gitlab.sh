# Gives every change request a pipeline, also where path filters hold all previews back; GitLab could not merge it otherwise.
set -eu +x
echo "the previews of this change request are the other jobs of this pipeline"
