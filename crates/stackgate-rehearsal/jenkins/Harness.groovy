// Checks and runs declarative Jenkinsfiles on the Groovy that Jenkins embeds (2.4), without a Jenkins.
//
//   groovy -cp FOLDER FOLDER/Harness.groovy VERB …          FOLDER is where this file is
//
//   check FILE…      findings as file:line:column: message; ends with 1 on any
//   scripts FILE…    a JSON array of every shell script, as Groovy evaluates it
//   run FILE [--exec FOLDER] [--deny] [--approver NAME] [--checkout FOLDER] [--cause NAME]… [--credential ID=FILE]… [NAME=VALUE]…
//                    one build; the trace as JSON lines on standard output, the log on standard error. NAME=VALUE are what
//                    Jenkins says of the build (BRANCH_NAME, CHANGE_ID, …). Ends with 0, 1 (not a success) or 2 (refused)
//   batch            builds as JSON lines on standard input; one line of JSON each in the same order: id, result, trace,
//                    log (as Jenkins shows it) and raw (before masking)
//
// A request of `batch` has `file`, and may have `id`, `folder` (where the agents are; without it no script is run),
// `repository` (what `checkout scm` copies), `environment` (what Jenkins says), `machine` (the agents' own environment),
// `credentials` (by id), `causes`, `denied`, `approver`, `restarted`, `previous`.

import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import java.util.concurrent.Callable
import java.util.concurrent.Executors

def output = new PrintStream(new FileOutputStream(FileDescriptor.out), true, 'UTF-8')
def usage = { System.err.println('usage: Harness.groovy check FILE… | scripts FILE… | run FILE … | batch'); System.exit(64) }
def text = { file -> new File(file).getText('UTF-8') }
def findings = { file -> Structure.check(text(file)).collect { line, column, message -> "$file:$line:$column: $message".toString() } }

// A file that Jenkins would not accept is not run.
def build = { Map request ->
  def wrong = findings(request.file)
  if (wrong) return [id: request.id, result: 'REFUSED', trace: wrong.collect { [event: 'refused', why: it] }, log: '', raw: '']
  def made = new Build(request)
  def result = made.run(text(request.file))
  [id: request.id, result: result, trace: made.trace, log: made.shown.toString(), raw: made.log.toString()]
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
    def request = [file: words.remove(0), machine: System.getenv() as Map, environment: [:], causes: [], credentials: null]
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
          request.credentials = (request.credentials ?: [:]) + [(id): text(file)]
          break
        default:
          if (word.startsWith('-')) usage()
          def (name, said) = pair(word)
          request.environment[name] = said
      }
    }
    def answer = build(request)
    System.err.print(answer.log)
    answer.trace.each { output.println(JsonOutput.toJson(it)) }
    System.exit(answer.result == 'SUCCESS' ? 0 : answer.result == 'REFUSED' ? 2 : 1)
  case 'batch':
    def pool = Executors.newFixedThreadPool(Runtime.runtime.availableProcessors())
    def requests = new String(System.in.bytes, 'UTF-8').split('\n').findAll { it.trim() }.collect { new JsonSlurper().parseText(it) }
    def answers = requests.collect { request -> pool.submit({ build(request) } as Callable) }
    answers.each { output.println(JsonOutput.toJson(it.get())) }
    pool.shutdown()
    System.exit(0)
  default: usage()
}
