// Decides `when`, by what is known of the start of a build. Semantics: pipeline-model-definition 2.2277, its classes in
// `when/impl` and Utils.isRunCausedBy.
//
// What must hold: a condition that cannot be decided here stops the run.

class Conditions {
  private final Build build
  private final List all
  // The flags that say how early to decide.
  final Set flags

  Conditions(Build build, Closure body) {
    this.build = build
    def calls = Block.read(body)
    flags = calls.findAll { it.name in Rules.FLAGS && it.values == [true] }*.name as Set
    all = calls.findAll { !(it.name in Rules.FLAGS) }
  }

  boolean holds() { all.every { decide(it) } }

  private boolean decide(Map call) {
    switch (call.name) {
      case 'allOf': return Block.read(call.block).every { decide(it) }
      case 'anyOf': return Block.read(call.block).any { decide(it) }
      case 'not': return !decide(Block.read(call.block)[0])
      case 'expression': return Block.on(new Steps(build), call.block).call() as boolean
    }
    def given = Block.parameters(call, Rules.CONDITIONS[call.name])
    def env = build.environment
    switch (call.name) {
      // Outside a multibranch job there is no BRANCH_NAME; Jenkins then looks at what git checked out.
      case 'branch': return compare(given.comparator ?: 'GLOB', given.pattern, env.BRANCH_NAME ?: env.GIT_LOCAL_BRANCH)
      case 'buildingTag': return env.TAG_NAME as boolean
      case 'tag': return given.pattern ? compare(given.comparator ?: 'GLOB', given.pattern, env.TAG_NAME) : env.TAG_NAME as boolean
      case 'changeRequest': return changeRequest(given)
      case 'triggeredBy': return build.causes.any { causedBy(it, given.cause, given.detail) }
      case 'environment': return given.ignoreCase ? given.value.equalsIgnoreCase(env[given.name]) : given.value == env[given.name]
      case 'equals': return given.expected == given.actual
      case 'isRestartedRun': return build.restarted
    }
    throw new Stopped('REFUSED', "cannot decide $call.name")
  }

  private boolean changeRequest(Map given) {
    if (!build.environment.CHANGE_ID) return false
    given.findAll { it.key != 'comparator' }.every { filter, pattern ->
      if (filter == 'url') throw new Stopped('REFUSED', 'Jenkins takes the filter url and passes over it')
      def variable = 'CHANGE_' + filter.replaceAll(/([A-Z])/, '_$1').toUpperCase()
      compare(given.comparator ?: 'EQUALS', pattern, build.environment[variable])
    }
  }

  // A cause is the simple name of its class; a user's is `UserIdCause:name`.
  private static boolean causedBy(String cause, String wanted, String detail) {
    def (name, user) = cause.tokenize(':')
    if (name == 'UserIdCause' && wanted == 'UserIdCause') return detail == null || user == detail
    name.matches("(?i)\\.*${wanted}.*")
  }

  static boolean compare(String comparator, String pattern, String value) {
    if (value == null) return false
    switch (comparator) {
      case 'EQUALS': return pattern == value
      case 'REGEXP': return value ==~ pattern
      case 'GLOB': return value ==~ glob(pattern)
    }
    throw new Stopped('REFUSED', "unknown comparator $comparator")
  }

  // Ant's patterns: `**` is anything, `*` and `?` are anything without a slash.
  private static String glob(String pattern) {
    (pattern =~ /\*\*|\*|\?|[^*?]+/).collect { [('**'): '.*', '*': '[^/]*', '?': '[^/]'][it] ?: java.util.regex.Pattern.quote(it) }.join('')
  }
}
