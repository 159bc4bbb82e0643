// Says what Groovy's own lexer and parser make of a string literal. Used by the tests that send hostile values through a
// spec and ask what arrives in a Jenkinsfile.
//
// One literal a line on standard input, in single quotes ('…' or '''…'''); one line of JSON each on standard output: the
// value as a string, or {"error": "…"} where the line is anything but exactly one such literal. A literal that spans lines
// is given as a JSON string of its source, which begins with a double quote. It ends with 1 when any line was refused.
//
// Nothing that it reads is run: a value that breaks out of its quotes is more than one token, and is reported as that.

import groovy.json.JsonOutput
import groovy.json.JsonSlurper
import org.codehaus.groovy.antlr.SourceBuffer
import org.codehaus.groovy.antlr.UnicodeEscapingReader
import org.codehaus.groovy.antlr.parser.GroovyLexer
import org.codehaus.groovy.antlr.parser.GroovyTokenTypes
import org.codehaus.groovy.ast.expr.ConstantExpression
import org.codehaus.groovy.ast.stmt.ExpressionStatement
import org.codehaus.groovy.ast.stmt.ReturnStatement
import org.codehaus.groovy.control.CompilationUnit
import org.codehaus.groovy.control.Phases

// Comments count as tokens here: text after the closing quote is a finding even where the compiler would pass over it.
def oneToken(String source) {
  def reader = new UnicodeEscapingReader(new StringReader(source), new SourceBuffer())
  def lexer = new GroovyLexer(reader)
  reader.lexer = lexer
  lexer.whitespaceIncluded = true
  def stream = lexer.plumb()
  def first = stream.nextToken().type
  first == GroovyTokenTypes.STRING_LITERAL && stream.nextToken().type == GroovyTokenTypes.EOF
}

def valueOf(String source) {
  if (!source.startsWith("'") || !oneToken(source)) return [error: 'not exactly one literal in single quotes']
  def unit = new CompilationUnit()
  unit.addSource('literal.groovy', source)
  unit.compile(Phases.CONVERSION)
  def statements = unit.AST.modules[0].statementBlock.statements
  def only = statements.size() == 1 ? statements[0] : null
  def expression = only instanceof ExpressionStatement || only instanceof ReturnStatement ? only.expression : null
  def constant = expression instanceof ConstantExpression && expression.value instanceof String
  constant ? expression.value : [error: 'not a constant string']
}

def refused = false
def output = new PrintStream(new FileOutputStream(FileDescriptor.out), true, 'UTF-8')
def lines = new String(System.in.bytes, 'UTF-8').split('\n', -1) as List
if (lines[-1] == '') lines.remove(lines.size() - 1)
lines.each { line ->
  def value
  try {
    value = valueOf(line.startsWith('"') ? new JsonSlurper().parseText("[$line]")[0] : line)
  } catch (Exception error) {
    value = [error: error.message.readLines().find { it.trim() } ?: error.class.simpleName]
  }
  refused |= value instanceof Map
  output.println(JsonOutput.toJson(value))
}
System.exit(refused ? 1 : 0)
