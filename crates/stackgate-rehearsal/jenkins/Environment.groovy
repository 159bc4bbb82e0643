// The block `environment`: its assignments, with the environment so far for what they interpolate.

class Environment {
  private final Map known
  private final Map assigned = [:]

  Environment(Map known) { this.known = known }

  Object getProperty(String name) {
    if (name == 'env') return this
    def all = known + assigned
    // Jenkins would write "null" and go on.
    if (!all.containsKey(name)) throw new Stopped('REFUSED', "the environment has no $name here")
    all[name]
  }

  void setProperty(String name, Object value) { assigned[name] = value.toString() }

  Object credentials(String id) { throw new Stopped('REFUSED', 'a credential for a whole stage') }
}
