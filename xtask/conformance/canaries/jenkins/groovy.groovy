// expect: stages
pipeline {
  agent none
  stages {
  }
}
