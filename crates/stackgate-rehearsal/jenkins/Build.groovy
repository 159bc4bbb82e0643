// One build of a Jenkinsfile: goes through the stages as Jenkins would, and notes what happens.
//
// The order inside a stage is that of pipeline-model-definition 2.2277: `when` with beforeOptions, options, `when` with
// beforeInput, input, `when` with beforeAgent, agent, `when`, environment, steps or stages, post. A stage whose input is
// rejected ends before its post. What must hold: the file was judged by Structure.groovy before.
//
// Deliberately not here: containers (a docker agent's steps run on this machine), time limits that strike, other builds.

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.Paths
import org.codehaus.groovy.runtime.InvokerHelper

class Build {
  // What the start of the build says, and what the machine is; see Harness.groovy.
  List causes
  boolean restarted, denied
  String approver, previous
  Path folder, repository
  Map machine
  Closure credential

  Map environment
  Path here
  final List trace = []
  final StringBuilder log = new StringBuilder(), shown = new StringBuilder()

  private final List stages = [], agents = [null]
  private Collection secrets = []
  private String result = 'SUCCESS'
  private boolean stopped, defaultCheckout = true
  private int number

  Build(Map request) {
    causes = request.causes ?: ['BranchEventCause']
    restarted = request.restarted ?: false
    denied = request.denied ?: false
    approver = request.approver
    previous = request.previous
    folder = request.folder ? Paths.get(request.folder) : null
    repository = request.repository ? Paths.get(request.repository) : null
    machine = request.machine ?: [:]
    credential = request.credential
    environment = [CI: 'true', BUILD_NUMBER: '1', JOB_NAME: 'job'] + (request.environment ?: [:])
  }

  // The result: SUCCESS, FAILURE, ABORTED, or REFUSED with the reason.
  String run(String text) {
    def pipeline = null
    def binding = new Binding(pipeline: { Closure body -> pipeline = body })
    try {
      InvokerHelper.createScript(compiled(text), binding).run()
      def sections = inside(pipeline)
      options(sections.options) { onAgent(sections.agent) { withEnvironment(sections.environment) {
        children(sections)
        post(sections.post, result)
      } } }
    } catch (Stopped reason) {
      if (reason.result != 'REFUSED') throw reason
      result = 'REFUSED'
      note(event: 'refused', why: reason.message)
    }
    note(event: 'result', result: result)
    result
  }

  // The same file is built many times.
  private static final Map COMPILED = [:]

  private static Class compiled(String text) {
    if (!COMPILED[text]) COMPILED[text] = new GroovyClassLoader().parseClass(text)
    COMPILED[text]
  }

  // --- stages

  private static Map inside(Closure body) { Block.read(body).collectEntries { [it.name, it] } }

  private void children(Map sections) {
    if (sections.stages) Block.read(sections.stages.block).each { stage(it.values[0], inside(it.block)) }
    else if (sections.parallel) parallel(sections)
    else if (sections.steps) Block.on(new Steps(this), sections.steps.block).call()
  }

  // One after another; a failure stops the others only with failFast.
  private void parallel(Map sections) {
    boolean any = false
    Block.read(sections.parallel.block).each {
      stage(it.values[0], inside(it.block))
      any |= stopped
      stopped = stopped && sections.failFast?.values == [true]
    }
    stopped = any
  }

  private void stage(String name, Map sections) {
    stages.push(name)
    try {
      if (stopped) { note(event: 'stage', state: 'skipped', why: 'an earlier stage failed'); return }
      def when = sections.when ? new Conditions(this, sections.when.block) : null
      def at = !when ? null : ['beforeOptions', 'beforeInput', 'beforeAgent'].find { it in when.flags } ?: 'last'
      def skips = { point -> at == point && !when.holds() && note(event: 'stage', state: 'skipped', why: "when, $point") }
      if (skips('beforeOptions')) return
      options(sections.options) {
        if (skips('beforeInput')) return
        with_(input(sections.input)) {
          if (skips('beforeAgent')) return
          onAgent(sections.agent) {
            if (skips('last')) return
            withEnvironment(sections.environment) { body(sections) }
          }
        }
      }
    } catch (Stopped reason) {
      stop(reason)
    } finally {
      stages.pop()
    }
  }

  private void body(Map sections) {
    note(event: 'stage', state: 'begun')
    def before = [stopped, result]
    (stopped, result) = [false, 'SUCCESS']
    try { children(sections) } catch (Stopped reason) { stop(reason) }
    post(sections.post, result)
    note(event: 'stage', state: 'ended', result: result)
    if (!stopped) (stopped, result) = before
  }

  private void stop(Stopped reason) {
    if (reason.result == 'REFUSED') throw reason
    note(event: 'stopped', result: reason.result, why: reason.message)
    stopped = true
    if (result == 'SUCCESS') result = reason.result
  }

  private void post(Map section, String outcome) {
    if (!section) return
    def worse = previous == 'SUCCESS' && outcome != 'SUCCESS'
    def holds = [always: true, cleanup: true, success: outcome == 'SUCCESS', failure: outcome == 'FAILURE', aborted: outcome == 'ABORTED',
                 unstable: false, notBuilt: false, unsuccessful: outcome != 'SUCCESS', changed: previous != outcome,
                 fixed: previous && previous != 'SUCCESS' && outcome == 'SUCCESS', regression: worse]
    def conditions = inside(section.block)
    Rules.POST.findAll { conditions[it] && holds[it] }.each {
      note(event: 'post', condition: it)
      try { Block.on(new Steps(this), conditions[it].block).call() } catch (Stopped reason) { stop(reason) }
    }
  }

  private Map input(Map section) {
    if (!section) return [:]
    def fields = Block.read(section.block).collectEntries { [it.name, it.values[0]] }
    def allowed = fields.submitter?.split(',')*.trim()
    boolean approved = !denied && (!allowed || !approver || approver in allowed)
    note(event: 'input', message: fields.message, submitter: fields.submitter, approved: approved)
    if (!approved) throw new Stopped('ABORTED', 'the input was rejected')
    fields.submitterParameter ? [(fields.submitterParameter): approver ?: (allowed ? allowed[0] : 'somebody')] : [:]
  }

  // Blocks stand around the stage in the order in which they are written; the rest are settings.
  private void options(Map section, Closure run) {
    def all = section ? Block.read(section.block) : []
    def (blocks, settings) = all.split { it.name in Rules.WRAPPERS }
    settings.each { note(event: 'option', name: it.name) }
    defaultCheckout &= !settings.any { it.name == 'skipDefaultCheckout' && it.values != [false] }
    blocks.reverse().inject(run) { inner, option ->
      if (option.name == 'retry') throw new Stopped('REFUSED', 'cannot retry a stage')
      def given = Block.parameters(option, Rules.STEPS[option.name])
      return { -> Doing.around(this, [event: option.name] + given, inner) }
    }.call()
  }

  // --- where a stage runs

  private void onAgent(Map section, Closure run) {
    if (!section) { run(); return }
    def type = section.block ? Block.read(section.block)[0] : null
    def given = !type ? [label: section.values[0]] : type.block ? Block.read(type.block).collectEntries { [it.name, it.values[0]] } : Block.parameters(type, Rules.AGENTS[type.name])
    if (!type && given.label == 'none') { agents.push(null); try { run() } finally { agents.pop() }; return }
    def label = given.label ?: 'any'
    agents.push(label)
    def before = here
    here = (folder ?: Paths.get('/agent')).resolve("${label.replaceAll(/\W/, '_')}/workspace/${environment.JOB_NAME}")
    if (folder) Files.createDirectories(here)
    note([event: 'agent', kind: type?.name ?: 'any', state: 'begun'] + given)
    try {
      with_([WORKSPACE: here.toString(), WORKSPACE_TMP: temporary.toString()]) {
        if (defaultCheckout) Doing.checkout(this)
        run()
      }
    } finally {
      note(event: 'agent', state: 'ended')
      agents.pop()
      here = before
    }
  }

  void needsAgent(String what) { if (!agents[-1]) throw new Stopped('FAILURE', "$what needs an agent, and there is none") }

  // Jenkins' own folder beside the workspace.
  Path getTemporary() { Paths.get((environment.WORKSPACE ?: here.toString()) + '@tmp') }

  Object inFolder(String path, Closure run) {
    needsAgent('dir')
    def before = here
    here = here.resolve(path)
    if (folder) Files.createDirectories(here)
    try { run() } finally { here = before }
  }

  // --- the environment

  private void withEnvironment(Map section, Closure run) {
    if (!section) { run(); return }
    def scope = new Environment(environment)
    Block.on(scope, section.block).call()
    with_(scope.@assigned, run)
  }

  Object with_(Map more, Closure run) {
    def before = environment
    environment = before + more
    try { run() } finally { environment = before }
  }

  Object masked(Collection more, Closure run) {
    def before = secrets
    secrets = before + more.findAll { it }
    try { run() } finally { secrets = before }
  }

  // Without anybody to ask, a text that stands for any secret.
  String secret(String id) {
    if (!credential) return 'secret'
    def text = credential(id)
    if (text == null) throw new Stopped('FAILURE', "Could not find credentials entry with ID '$id'")
    text
  }

  // --- what is noted

  boolean note(Map event) { trace << [stage: stages ? stages[-1] : null, agent: agents[-1]] + event }

  // The log as Jenkins shows it, and as it was before anything was masked.
  void say(String text) {
    log << text
    shown << secrets.inject(text) { masked, secret -> masked.replace(secret, '****') }
  }

  int next() { ++number }
}
