// Notes every call that is made on it, whatever its name, in a list that its maker keeps.

class Listener implements GroovyInterceptable {
  private final List calls

  Listener(List calls) { this.calls = calls }

  Object invokeMethod(String name, Object arguments) {
    Block.note(calls, Block.call(name, arguments))
  }

  // A bare word, such as `any` or `none`.
  Object getProperty(String name) { name }
}
