// Checks and runs declarative Jenkinsfiles on the Groovy that Jenkins embeds (2.4), without a Jenkins.
//
//   groovy -cp FOLDER FOLDER/Harness.groovy VERB …          FOLDER is where this file is
//
//   check FILE…      findings as file:line:column: message; ends with 1 on any
//   scripts FILE…    a JSON array of every shell script, as Groovy evaluates it
//   run FILE [--exec FOLDER] [--deny] [--approver NAME] [--checkout FOLDER] [--cause NAME]… [--credential ID=FILE]… [NAME=VALUE]…
//                    one build; the trace as JSON lines on standard output, the log on standard error. NAME=VALUE are what
//                    Jenkins says of the build (BRANCH_NAME, CHANGE_ID, …). Ends with 0, 1 (not a success) or 2 (refused)
//   serve            builds as JSON lines on standard input, one after another; each is answered by a line with its result,
//                    trace, log (as Jenkins shows it) and raw (before masking). Where a request has `ask`, a line
//                    {"credential": ID} comes before, at the moment when one is bound: the next line of input is its text
//                    as JSON, or null where there is none
//
// A request has `file`, and may have `ask`, `folder` (where the agents are; without it no script is run), `repository` (what
// `checkout scm` copies), `environment` (what Jenkins says), `machine` (the agents' own environment), `causes`, `denied`,
// `approver`, `restarted`, `previous`.

import groovy.json.JsonOutput
import groovy.json.JsonSlurper

def output = new PrintStream(new FileOutputStream(FileDescriptor.out), true, 'UTF-8')
def usage = { System.err.println('usage: Harness.groovy check FILE… | scripts FILE… | run FILE … | serve'); System.exit(64) }
def text = { file -> new File(file).getText('UTF-8') }
def findings = { file -> Structure.check(text(file)).collect { line, column, message -> "$file:$line:$column: $message".toString() } }

// A file that Jenkins would not accept is not run. It is judged once, however often it is built.
def judged = [:]
def build = { Map request ->
  def key = [request.file, text(request.file)]
  if (judged[key] == null) judged[key] = findings(request.file)
  def wrong = judged[key]
  if (wrong) return [result: 'REFUSED', trace: wrong.collect { [event: 'refused', why: it] }, log: '', raw: '']
  def made = new Build(request)
  def result = made.run(text(request.file))
  [result: result, trace: made.trace, log: made.shown.toString(), raw: made.log.toString()]
}

def words = args as List
def verb = words ? words.remove(0) : null
switch (verb) {
  case 'check':
    if (!words) usage()
    def all = words.collectMany { findings(it) }
    all.each { output.println(it) }
    System.exit(all ? 1 : 0)
  case 'scripts':
    if (!words) usage()
    output.println(JsonOutput.prettyPrint(JsonOutput.toJson(words.collectMany { Scripts.of(it, text(it)) })))
    System.exit(0)
  case 'run':
    if (!words) usage()
    def request = [file: words.remove(0), machine: System.getenv() as Map, environment: [:], causes: []]
    def credentials = null
    while (words) {
      def word = words.remove(0)
      def pair = { it.contains('=') ? it.split('=', 2) as List : usage() }
      def value = { words ? words.remove(0) : usage() }
      switch (word) {
        case '--exec': request.folder = value(); break
        case '--deny': request.denied = true; break
        case '--approver': request.approver = value(); break
        case '--checkout': request.repository = value(); break
        case '--cause': request.causes << value(); break
        case '--credential':
          def (id, file) = pair(value())
          credentials = (credentials ?: [:]) + [(id): text(file)]
          break
        default:
          if (word.startsWith('-')) usage()
          def (name, said) = pair(word)
          request.environment[name] = said
      }
    }
    if (credentials != null) request.credential = { credentials[it] }
    def answer = build(request)
    System.err.print(answer.log)
    answer.trace.each { output.println(JsonOutput.toJson(it)) }
    System.exit(answer.result == 'SUCCESS' ? 0 : answer.result == 'REFUSED' ? 2 : 1)
  case 'serve':
    def input = new BufferedReader(new InputStreamReader(System.in, 'UTF-8'))
    def credential = { String id ->
      output.println(JsonOutput.toJson([credential: id]))
      new JsonSlurper().parseText("[${input.readLine()}]")[0]
    }
    for (String line; (line = input.readLine()) != null;) {
      def request = new JsonSlurper().parseText(line)
      output.println(JsonOutput.toJson(build(request + [credential: request.ask ? credential : null])))
    }
    System.exit(0)
  default: usage()
}
