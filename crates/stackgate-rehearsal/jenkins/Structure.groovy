// Judges the structure of a Jenkinsfile: what Jenkins would refuse before it runs anything, and what would run but wait, mint
// or interpolate in the wrong place.
//
// What must hold: whatever is not known to Rules.groovy is a finding, never passed over.

import org.codehaus.groovy.ast.ASTNode
import org.codehaus.groovy.ast.CodeVisitorSupport
import org.codehaus.groovy.ast.ModuleNode
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*

class Structure {
  List faults = []
  Set stageNames = [] as Set
  Call timer
  List untimed = []

  // Findings as [line, column, message].
  static List check(String text) {
    def structure = new Structure()
    def module = Syntax.parse(text, structure.faults)
    if (module) structure.module(module)
    structure.faults.sort { a, b -> a[0] <=> b[0] ?: a[1] <=> b[1] }
  }

  void fault(ASTNode node, String message) {
    faults << [Math.max(node.lineNumber, 1), Math.max(node.columnNumber, 1), message]
  }

  void module(ModuleNode module) {
    def all = module.statementBlock.statements
    def pipelines = all.findAll { Call.of(it)?.name == 'pipeline' }
    if (module.imports || module.starImports || module.methods || module.classes.size() > 1) faults << [1, 1, 'only a pipeline may stand at the top']
    (all - pipelines).each { fault(it, 'only a pipeline may stand at the top') }
    if (pipelines.size() != 1) { faults << [1, 1, "expected one pipeline, found ${pipelines.size()}".toString()]; return }
    def sections = sections(block(Call.of(pipelines[0])), Rules.PIPELINE, 'pipeline')
    ['agent', 'stages'].each { if (!sections[it]) fault(pipelines[0], "pipeline has no $it") }
    boolean held = sections.agent && !isNone(sections.agent)
    sections.each { name, call -> section(name, call, [held: held, nested: false, top: true]) }
    if (timer && untimed) fault(timer.node, "a timer starts the stages ${untimed.join(', ')}, which are not for one alone")
  }

  // --- blocks of named sections

  ClosureExpression block(Call call) {
    if (!call.block) fault(call.node, "$call.name needs a block")
    call.block
  }

  List<Call> calls(ClosureExpression block, String what) {
    if (!block) return []
    Syntax.statements(block).findResults {
      def call = Call.of(it)
      if (!call) fault(it, "expected $what, found plain Groovy")
      call
    }
  }

  Map<String, Call> sections(ClosureExpression block, Set allowed, String where) {
    def found = [:]
    calls(block, "a section of $where").each { call ->
      if (!(call.name in allowed)) fault(call.node, "unknown section \"$call.name\" in $where")
      else if (found[call.name]) fault(call.node, "\"$call.name\" stands twice in $where")
      else found[call.name] = call
    }
    found
  }

  void section(String name, Call call, Map at) {
    switch (name) {
      case 'agent': agent(call); break
      case 'failFast': flag(call); break
      case 'stages': stages(block(call), at); break
      case 'parallel': stages(block(call), at + [nested: true]); break
      case 'steps': if (bareBlock(call)) steps(call.block); break
      case 'when': when(call); break
      case 'input': input(call); break
      case 'environment': if (bareBlock(call)) environment(call); break
      case 'options': options(call, at.top); break
      case 'post': post(call); break
      case 'triggers': if (at.top && bareBlock(call)) triggers(call); break
      // Jenkins knows more; in a rendered file each of these would start, ask or fetch what the plan does not know.
      default: fault(call.node, "a rendered pipeline has no $name")
    }
  }

  boolean bareBlock(Call call) {
    if (!call.bare) fault(call.node, "$call.name takes a block alone")
    def block = block(call)
    if (block && !Syntax.statements(block)) fault(call.node, "$call.name is empty")
    block != null
  }

  static boolean isNone(Call agent) {
    agent.positional.size() == 1 && agent.positional[0] instanceof VariableExpression && agent.positional[0].name == 'none'
  }

  // --- stages

  void stages(ClosureExpression block, Map at) {
    def calls = calls(block, 'a stage')
    if (block && !calls) fault(block, 'there are no stages')
    calls.each { call ->
      if (call.name != 'stage') fault(call.node, "expected a stage, found \"$call.name\"")
      else stage(call, at)
    }
  }

  void stage(Call call, Map at) {
    def name = call.positional.size() == 1 && !call.named ? Syntax.constant(call.positional[0]) : null
    if (!name) fault(call.node, 'a stage needs one literal name')
    else if (!stageNames.add(name)) fault(call.node, "two stages are called \"$name\"")
    def sections = sections(block(call), Rules.STAGE, "stage \"$name\"")
    def bodies = ['steps', 'stages', 'parallel', 'matrix'].findAll { sections[it] }
    if (bodies.size() != 1) fault(call.node, "stage \"$name\" needs exactly one of steps, stages, parallel")
    if (at.nested && sections.parallel) fault(sections.parallel.node, 'parallel stands inside parallel')
    if (sections.parallel) ['agent', 'tools'].each { if (sections[it]) fault(sections[it].node, "$it beside parallel") }
    if (sections.failFast && !sections.parallel) fault(sections.failFast.node, 'failFast without parallel')
    order(sections, at)
    boolean held = sections.agent ? !isNone(sections.agent) : at.held
    if (sections.steps && !timed(sections.when)) untimed << name
    sections.each { key, value -> section(key, value, at + [top: false, held: held]) }
  }

  // Whether a stage runs for a timer alone.
  boolean timed(Call when) {
    when?.block && calls(when.block, 'a condition').any {
      it.name == 'triggeredBy' && it.positional.size() == 1 && Syntax.constant(it.positional[0]) == 'TimerTrigger'
    }
  }

  // A timer is for the audit; anything else would start a job that the plan does not know.
  void triggers(Call call) {
    calls(call.block, 'a trigger').each {
      if (it.name != 'cron') fault(it.node, "a rendered pipeline has no trigger \"$it.name\"")
      else { arguments(it, Rules.CRON); timer = it }
    }
  }

  // What Jenkins accepts and does in an order that nobody wants.
  void order(Map<String, Call> sections, Map at) {
    def flags = sections.when?.block ? calls(sections.when.block, 'a condition').findAll { it.name in Rules.FLAGS }*.name : []
    if (sections.input) {
      if (at.held) fault(sections.input.node, 'an agent is held while somebody thinks')
      if (sections.when && !flags.any { it in ['beforeInput', 'beforeOptions'] }) fault(sections.when.node, 'without beforeInput every build asks')
      if (sections.options?.block && calls(sections.options.block, 'an option').any { it.name == 'lock' }) {
        fault(sections.options.node, 'a lock is held while somebody thinks')
      }
    }
    if (sections.when && sections.agent && !isNone(sections.agent) && !flags) fault(sections.when.node, 'without beforeAgent an agent is taken only to skip')
  }

  void agent(Call call) {
    if (call.block) {
      def types = calls(call.block, 'an agent')
      if (types.size() != 1 || !call.bare) { fault(call.node, 'expected exactly one agent'); return }
      def type = types[0], entry = Rules.AGENTS[type.name]
      if (entry == null) fault(type.node, "unknown agent \"$type.name\"")
      else if (type.block) fields(type, entry)
      else arguments(type, entry)
    } else if (call.named || call.positional.size() != 1 || !(call.positional[0].text in ['any', 'none'])) fault(call.node, 'expected any, none or a block')
  }

  // `docker { image '…' }`: each parameter is a call of its own.
  void fields(Call call, String entry) {
    def parameters = Rules.parameters(entry), seen = [] as Set
    calls(call.block, 'a parameter').each { field ->
      if (!parameters[field.name]) fault(field.node, "unknown parameter \"$field.name\" of $call.name")
      else if (!seen.add(field.name)) fault(field.node, "\"$field.name\" stands twice")
      else if (field.named || field.block || field.positional.size() != 1) fault(field.node, "$field.name takes one value")
      else type(field.positional[0], parameters[field.name].type, field.name)
    }
    parameters.each { name, parameter -> if (parameter.required && !(name in seen)) fault(call.node, "$call.name needs $name") }
  }

  void flag(Call call) {
    def value = call.positional.size() == 1 && !call.named && !call.block ? call.positional[0] : null
    if (!(value instanceof ConstantExpression && value.value instanceof Boolean)) fault(call.node, "$call.name takes true or false")
  }

  // --- when, input, options, environment, post

  void when(Call call) {
    if (!bareBlock(call)) return
    def all = calls(call.block, 'a condition')
    def flags = all.findAll { it.name in Rules.FLAGS }
    flags.each { flag(it) }
    flags.groupBy { it.name }.each { name, same -> if (same.size() > 1) fault(same[1].node, "\"$name\" stands twice") }
    if (!(all - flags)) fault(call.node, 'when has no condition')
    (all - flags).each { condition(it) }
  }

  void condition(Call call) {
    if (call.name == 'expression') {
      if (!call.bare) fault(call.node, 'expression takes a block alone')
      else if (block(call)) groovy(call.block)
    } else if (Rules.GROUPS[call.name] != null) {
      if (!bareBlock(call)) return
      def inside = calls(call.block, 'a condition')
      if (Rules.GROUPS[call.name] > 0 && inside.size() != Rules.GROUPS[call.name]) fault(call.node, "$call.name takes exactly one condition")
      inside.each { condition(it) }
    } else if (Rules.CONDITIONS[call.name] != null) {
      arguments(call, Rules.CONDITIONS[call.name])
      def comparator = call.named('comparator')
      if (comparator && !(Syntax.constant(comparator) in Rules.COMPARATORS)) fault(comparator, 'unknown comparator')
    } else fault(call.node, "unknown condition \"$call.name\"")
  }

  void input(Call call) {
    if (!bareBlock(call)) return
    def fields = sections(call.block, Rules.INPUT, 'input')
    if (!fields.message) fault(call.node, 'input has no message')
    if (!fields.submitter) fault(call.node, 'input has no submitter: whoever may build may approve')
    fields.each { name, field ->
      if (name == 'parameters') fault(field.node, 'a rendered input has no parameters')
      else if (field.named || field.block || field.positional.size() != 1) fault(field.node, "$name takes one value")
      else type(field.positional[0], 's', name)
    }
  }

  void options(Call call, boolean top) {
    if (!bareBlock(call)) return
    def seen = [] as Set
    calls(call.block, 'an option').each { option ->
      def entry = option.name in Rules.WRAPPERS ? Rules.STEPS[option.name] - '{}' : Rules.SETTINGS[option.name]
      if (entry == null) fault(option.node, "unknown option \"$option.name\"")
      else if (!top && !(option.name in Rules.WRAPPERS) && !(option.name in Rules.STAGE_SETTINGS)) fault(option.node, "\"$option.name\" is no option of a stage")
      else if (!seen.add(option.name)) fault(option.node, "\"$option.name\" stands twice")
      else arguments(option, entry)
    }
  }

  void environment(Call call) {
    def seen = [] as Set
    Syntax.statements(call.block).each { statement ->
      def assignment = statement instanceof ExpressionStatement ? statement.expression : null
      if (!(assignment instanceof BinaryExpression) || assignment.operation.text != '=' || !(assignment.leftExpression instanceof VariableExpression)) {
        fault(statement, 'expected NAME = value')
        return
      }
      if (!seen.add(assignment.leftExpression.name)) fault(statement, "\"$assignment.leftExpression.name\" stands twice")
      def value = assignment.rightExpression
      if (Syntax.constant(value) != null || Call.of(value)?.name == 'credentials') return
      if (!(value instanceof GStringExpression)) fault(value, 'expected a string')
      // Jenkins' own folders are all that a file may interpolate; a secret could stand in any other name.
      else if (!value.values.every { it.text in ['env.WORKSPACE', 'env.WORKSPACE_TMP'] }) fault(value, 'interpolates more than a folder of Jenkins')
    }
  }

  void post(Call call) {
    if (!bareBlock(call)) return
    sections(call.block, Rules.POST as Set, 'post').each { name, condition -> if (bareBlock(condition)) steps(condition.block) }
  }

  // --- steps

  void steps(ClosureExpression block) { calls(block, 'a step').each { step(it) } }

  void step(Call call) {
    def entry = Rules.STEPS[call.name]
    if (entry == null) { fault(call.node, "unknown step \"$call.name\""); return }
    arguments(call, entry)
    if (call.name == 'withCredentials') bindings(call)
    if (Rules.takesBlock(entry) && call.block) {
      if (!Syntax.statements(call.block)) fault(call.node, "$call.name is empty")
      steps(call.block)
    }
  }

  void bindings(Call call) {
    def list = call.positional ? call.positional[0] : call.named('bindings')
    if (!(list instanceof ListExpression) || !list.expressions) { fault(call.node, 'expected a list of bindings'); return }
    list.expressions.each {
      def binding = Call.of(it), entry = binding ? Rules.BINDINGS[binding.name] : null
      if (entry == null) fault(it, 'unknown binding') else arguments(binding, entry)
    }
  }

  // In a block of plain Groovy the steps are still steps.
  void groovy(ClosureExpression block) {
    def outer = this
    block.code.visit(new CodeVisitorSupport() {
      void visitMethodCallExpression(MethodCallExpression expression) {
        def call = Call.of(expression)
        if (!call) outer.fault(expression, 'calls a method of an object') else outer.step(call)
      }
      void visitConstructorCallExpression(ConstructorCallExpression expression) { outer.fault(expression, 'makes an object') }
      void visitStaticMethodCallExpression(StaticMethodCallExpression expression) { outer.fault(expression, 'calls a static method') }
    })
  }

  void arguments(Call call, String entry) {
    def parameters = Rules.parameters(entry)
    if (call.block && !Rules.takesBlock(entry)) fault(call.node, "$call.name takes no block")
    if (!call.block && Rules.takesBlock(entry)) fault(call.node, "$call.name needs a block")
    def given = call.named.collect { it[0] }
    if (call.positional) {
      if (call.positional.size() > 1 || given || !parameters || Rules.namesOnly(entry)) { fault(call.node, "the arguments of $call.name need their names"); return }
      given = [parameters.keySet()[0]]
      type(call.positional[0], parameters.values()[0].type, given[0])
    }
    call.named.each { name, value ->
      if (!parameters[name]) fault(value, "unknown parameter \"$name\" of $call.name") else type(value, parameters[name].type, name)
    }
    given.countBy { it }.each { name, count -> if (count > 1) fault(call.node, "\"$name\" stands twice") }
    parameters.each { name, parameter -> if (parameter.required && !(name in given)) fault(call.node, "$call.name needs $name") }
  }

  // A string must be a constant: interpolation by Groovy puts a value where the shell, or a log, takes it for text.
  void type(Expression value, String type, String name) {
    if (value instanceof GStringExpression) { fault(value, "\"$name\" is interpolated by Groovy"); return }
    def constant = value instanceof ConstantExpression ? value.value : null
    def fits = [s: constant instanceof String, b: constant instanceof Boolean, n: constant instanceof Integer, l: value instanceof ListExpression,
                a: constant != null || Call.of(value) || (value instanceof VariableExpression && value.name == 'scm')][type]
    if (!fits) fault(value, "\"$name\" is not ${[s: 'a string', b: 'true or false', n: 'a number', l: 'a list', a: 'a known value'][type]}")
  }
}
