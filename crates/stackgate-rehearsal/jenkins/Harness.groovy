// Checks and runs declarative Jenkinsfiles on the Groovy that Jenkins embeds (2.4), without a Jenkins.
//
//   groovy -cp FOLDER FOLDER/Harness.groovy check FILE…     findings as file:line:column: message; ends with 1 on any
//   groovy -cp FOLDER FOLDER/Harness.groovy scripts FILE…   a JSON array of every shell script, as Groovy evaluates it
//
// FOLDER is where this file is.

import groovy.json.JsonOutput

def output = new PrintStream(new FileOutputStream(FileDescriptor.out), true, 'UTF-8')
def usage = { System.err.println('usage: Harness.groovy check FILE… | scripts FILE…'); System.exit(64) }
def words = args as List
def verb = words ? words.remove(0) : null
if (!words) usage()

switch (verb) {
  case 'check':
    def findings = words.collectMany { file -> Structure.check(new File(file).getText('UTF-8')).collect { [file, *it].join(':').replaceFirst(/^((?:.*?):\d+:\d+):/, '$1: ') } }
    findings.each { output.println(it) }
    System.exit(findings ? 1 : 0)
  case 'scripts':
    output.println(JsonOutput.prettyPrint(JsonOutput.toJson(words.collectMany { Scripts.of(it, new File(it).getText('UTF-8')) })))
    break
  default: usage()
}
