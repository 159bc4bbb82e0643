# Fetches what the build needs, with the repository's own wrapper where there is one.
set -eu +x
unset MAVEN_CONFIG # The image sets it, and older wrappers take it for an argument.
(
  cd "${STACKGATE_DIRECTORY:?}"
  if [ -x ./mvnw ]; then
    ./mvnw --batch-mode dependency:go-offline
  elif [ -f pom.xml ]; then
    mvn --batch-mode dependency:go-offline
  else
    ./gradlew --no-daemon dependencies
  fi
)
