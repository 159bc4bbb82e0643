// Reads the paths of Jenkinsfiles from its input, and says of each whether Groovy's own parser reads it and what it calls:
// `OK`, the path, and the names of all methods with the number of their arguments, sorted; or `NO`, the path and why.
import org.codehaus.groovy.ast.CodeVisitorSupport
import org.codehaus.groovy.ast.expr.ConstantExpression
import org.codehaus.groovy.ast.expr.ElvisOperatorExpression
import org.codehaus.groovy.ast.expr.MethodCallExpression
import org.codehaus.groovy.ast.expr.TupleExpression
import org.codehaus.groovy.control.CompilationFailedException
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.CompilerConfiguration
import org.codehaus.groovy.control.Phases

class Collector extends CodeVisitorSupport {
    List<String> found = []
    // A catch of two types is two catches of one body.
    private final Set seen = Collections.newSetFromMap(new IdentityHashMap())

    void visitMethodCallExpression(MethodCallExpression call) {
        if (!seen.add(call)) { return }
        def name = call.method instanceof ConstantExpression ? call.method.value : 'call'
        def count = call.arguments instanceof TupleExpression ? call.arguments.expressions.size() : 1
        // What a string's code becomes is up to the parser.
        if (name != 'call') { found << "$name/$count".toString() }
        super.visitMethodCallExpression(call)
    }

    // Its condition and its first value are one expression, which is written once.
    void visitShortTernaryExpression(ElvisOperatorExpression elvis) {
        elvis.trueExpression.visit(this)
        elvis.falseExpression.visit(this)
    }
}

System.in.newReader('UTF-8').eachLine { path ->
    def configuration = new CompilerConfiguration()
    configuration.sourceEncoding = 'UTF-8'
    def unit = new CompilationUnit(configuration)
    unit.addSource(new File(path))
    try {
        unit.compile(Phases.CONVERSION)
        def calls = new Collector()
        def module = unit.AST.modules[0]
        module.statementBlock.visit(calls)
        module.methods.each { it.code?.visit(calls) }
        println "OK\t$path\t${calls.found.sort().join(' ')}"
    } catch (CompilationFailedException refused) {
        println "NO\t$path\t${refused.message.readLines().find { it.contains('@') }}"
    }
}
