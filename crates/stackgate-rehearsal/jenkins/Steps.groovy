// The steps of a Jenkinsfile: whatever stands in `steps`, `post` and `expression` is asked of an object of this class.
//
// What must hold: a step that is not told here what to do stops the run.

class Steps implements GroovyInterceptable {
  private final Build build

  Steps(Build build) { this.build = build }

  Object invokeMethod(String name, Object arguments) {
    def call = Block.call(name, arguments)
    if (Rules.BINDINGS[name]) return call.named + [kind: name]
    if (Rules.STEPS[name] == null) throw new Stopped('REFUSED', "unknown step $name")
    Doing.step(build, name, Block.parameters(call, Rules.STEPS[name]), call.block)
  }

  Object getProperty(String name) {
    if (name == 'scm') return 'scm'
    if (name == 'env') return build.environment
    if (build.environment.containsKey(name)) return build.environment[name]
    throw new Stopped('REFUSED', "unknown name $name")
  }
}
