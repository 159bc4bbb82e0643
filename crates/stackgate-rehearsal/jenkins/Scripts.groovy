// Lists the shell of a Jenkinsfile: every `sh`, with the text that Groovy makes of its literal and the place where it stands.
//
// What must hold: no script is missed, wherever it stands; one that is no constant is an error.

import org.codehaus.groovy.ast.CodeVisitorSupport
import org.codehaus.groovy.ast.expr.MethodCallExpression

class Scripts extends CodeVisitorSupport {
  String file
  List stages = []
  List found = []

  static List of(String file, String text) {
    def faults = []
    def module = Syntax.parse(text, faults)
    if (!module) throw new IllegalArgumentException("$file:${faults[0][0]}:${faults[0][1]}: ${faults[0][2]}")
    def scripts = new Scripts(file: file)
    module.statementBlock.visit(scripts)
    scripts.found
  }

  void visitMethodCallExpression(MethodCallExpression expression) {
    def call = Call.of(expression)
    if (call?.name == 'sh') script(call)
    def stage = call?.name == 'stage' && call.positional ? Syntax.constant(call.positional[0]) : null
    if (stage) stages.push(stage)
    super.visitMethodCallExpression(expression)
    if (stage) stages.pop()
  }

  private void script(Call call) {
    def value = call.named('script') ?: (call.positional ? call.positional[0] : null)
    def text = value == null ? null : Syntax.constant(value)
    if (text == null) throw new IllegalArgumentException("$file:$call.node.lineNumber: a script is not a constant string")
    def label = call.named('label')
    found << [file: file, stage: stages ? stages[-1] : null, label: label ? Syntax.constant(label) : null, line: value.lineNumber, text: text]
  }
}
