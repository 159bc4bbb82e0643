// A Jenkinsfile as Groovy's parser sees it.
//
// What must hold: nothing is evaluated here, and the parser stops before it resolves a class (the phase CONVERSION).

import org.codehaus.groovy.ast.ModuleNode
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*
import org.codehaus.groovy.control.*
import org.codehaus.groovy.control.messages.SyntaxErrorMessage

class Syntax {
  // The tree, or the compiler's findings in `faults` as [line, column, message].
  static ModuleNode parse(String text, List faults) {
    def unit = new CompilationUnit(new CompilerConfiguration(sourceEncoding: 'UTF-8'))
    unit.addSource('Jenkinsfile', text)
    try {
      unit.compile(Phases.CONVERSION)
    } catch (MultipleCompilationErrorsException errors) {
      errors.errorCollector.errors.each {
        def cause = it instanceof SyntaxErrorMessage ? it.cause : null
        faults << [cause?.line ?: 1, cause?.startColumn ?: 1, cause?.originalMessage ?: "$it.cause.message".toString()]
      }
      return null
    }
    unit.AST.modules[0]
  }

  static List<Statement> statements(ClosureExpression block) {
    block.code instanceof BlockStatement ? block.code.statements : [block.code]
  }

  static String constant(Expression expression) {
    expression instanceof ConstantExpression && expression.value instanceof String ? expression.value : null
  }
}
