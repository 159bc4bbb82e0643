// Reads the body of a declarative block as the list of calls in it: [name, values, named, block]. Nothing is run but the
// expressions of the arguments; bodies inside are read when it is their turn.

class Block {
  static List read(Closure body) {
    def calls = []
    on(new Listener(calls), body).call()
    calls
  }

  // A body whose every name is asked of `target`, and of nothing else.
  static Closure on(Object target, Closure body) {
    def copy = (Closure) body.clone()
    copy.delegate = target
    copy.resolveStrategy = Closure.DELEGATE_ONLY
    copy
  }

  static Map call(String name, Object arguments) {
    List values = arguments as List
    Closure block = values && values[-1] instanceof Closure ? values.remove(values.size() - 1) : null
    Map named = values && values[0] instanceof Map && !values[0].containsKey('values') ? values.remove(0) : [:]
    [name: name, values: values, named: named, block: block]
  }

  // A call that is an argument of this one was noted a moment ago as if it stood by itself.
  static Map note(List calls, Map call) {
    call.values.each { value -> calls.removeAll { it.is(value) } }
    calls << call
    call
  }

  // The parameters of a call by name, where `entry` is its line in Rules.groovy.
  static Map parameters(Map call, String entry) {
    call.values ? [(Rules.parameters(entry).keySet()[0]): call.values[0]] : call.named
  }
}
