// expect: stage
pipeline {
  agent none
  stages {
  }
}
