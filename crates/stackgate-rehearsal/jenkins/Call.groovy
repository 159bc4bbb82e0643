// One call in a Jenkinsfile, which is what its sections, conditions and steps all are: name, arguments, block and place.

import org.codehaus.groovy.ast.ASTNode
import org.codehaus.groovy.ast.expr.*
import org.codehaus.groovy.ast.stmt.*

class Call {
  String name
  ASTNode node
  List<Expression> positional = []
  List named = []
  ClosureExpression block

  boolean isBare() { !positional && !named }
  Expression named(String key) { named.find { it[0] == key }?.getAt(1) }

  // The call that a statement is, or null.
  static Call of(Statement statement) {
    statement instanceof ExpressionStatement || statement instanceof ReturnStatement ? of(statement.expression) : null
  }

  static Call of(Expression expression) {
    if (!(expression instanceof MethodCallExpression) || !expression.implicitThis || !expression.methodAsString) return null
    def all = expression.arguments instanceof TupleExpression ? expression.arguments.expressions : [expression.arguments]
    def call = new Call(name: expression.methodAsString, node: expression)
    all.each {
      if (it instanceof MapExpression) {
        it.mapEntryExpressions.each { entry ->
          call.named << [Syntax.constant(entry.keyExpression) ?: entry.keyExpression.text, entry.valueExpression]
        }
      } else call.positional << it
    }
    if (call.positional && call.positional[-1] instanceof ClosureExpression) call.block = call.positional.remove(call.positional.size() - 1)
    call
  }
}
