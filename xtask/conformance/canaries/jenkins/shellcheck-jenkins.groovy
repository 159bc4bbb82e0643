// expect: SC2086
pipeline {
  agent any
  stages {
    stage('Build') {
      steps {
        sh 'rm -r $folder'
      }
    }
  }
}
