// What each step does. Traced always; done for real (shell, files, checkout) where the build has a folder to work in.

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions

class Doing {
  static Object step(Build build, String name, Map given, Closure body) {
    def run = { Block.on(new Steps(build), body).call() }
    switch (name) {
      case 'sh': return shell(build, given)
      case 'echo': build.say(given.message + '\n'); return null
      case 'error': throw new Stopped('FAILURE', given.message)
      case 'checkout': return checkout(build)
      case 'deleteDir': return deleteDir(build)
      case 'dir': return build.inFolder(given.path, run)
      case 'withEnv': return build.with_(given.overrides.collectEntries { it.split('=', 2) as List }, run)
      case 'withCredentials': return withCredentials(build, given.bindings, run)
      case 'timestamps': return run()
      case 'timeout': return around(build, [event: 'timeout', time: given.time, unit: given.unit ?: 'MINUTES'], run)
      case 'lock': return around(build, [event: 'lock', resource: given.resource, label: given.label], run)
      case 'milestone': build.note(event: 'milestone', ordinal: given.ordinal); return null
      // What they keep is Jenkins' own affair; that they were asked is noted.
      case 'junit': build.needsAgent('junit'); build.note(event: 'junit', files: given.testResults); return null
      case 'archiveArtifacts': build.needsAgent('archiveArtifacts'); build.note(event: 'archiveArtifacts', files: given.artifacts); return null
      case 'retry': return retry(given.count, run)
    }
    throw new Stopped('REFUSED', "cannot run the step $name")
  }

  // Notes that a block begins, and that it ends however it ends.
  static Object around(Build build, Map event, Closure run) {
    build.note(event + [state: 'begun'])
    try { run() } finally { build.note(event + [state: 'ended']) }
  }

  private static Object retry(int count, Closure run) {
    for (int left = count; ; left--) {
      try { return run() } catch (Stopped stopped) { if (stopped.result != 'FAILURE' || left <= 1) throw stopped }
    }
  }

  // As durable-task does: the script in a file of the workspace's sibling `@tmp`, run by `sh -xe`, its output in a file too.
  private static Object shell(Build build, Map given) {
    build.needsAgent('sh')
    int status = 0
    String output = ''
    if (build.folder) {
      def control = Files.createDirectories(build.temporary.resolve("durable-${build.next()}"))
      def script = control.resolve('script.sh'), log = control.resolve('log.txt')
      script.toFile().setText(given.script, 'UTF-8')
      def process = new ProcessBuilder('sh', '-xe', script.toString()).directory(build.here.toFile())
      process.environment().clear()
      process.environment().putAll(build.machine + build.environment)
      process.redirectErrorStream(true).redirectOutput(log.toFile()).redirectInput(new File('/dev/null'))
      status = process.start().waitFor()
      output = log.toFile().getText('UTF-8')
      delete(control)
    }
    build.note(event: 'sh', label: given.label, status: status)
    if (given.returnStdout) { if (status == 0) return output } else build.say(output)
    if (given.returnStatus) return status
    if (status) throw new Stopped('FAILURE', "script returned exit code $status")
    null
  }

  private static Object checkout(Build build) {
    build.needsAgent('checkout')
    build.note(event: 'checkout')
    if (!build.folder) return null
    if (!build.repository) throw new Stopped('REFUSED', 'there is no repository to check out')
    def copy = new ProcessBuilder('cp', '-a', "$build.repository/.".toString(), build.here.toString()).redirectErrorStream(true).start()
    def output = copy.inputStream.text
    if (copy.waitFor()) throw new Stopped('REFUSED', "the checkout failed: $output")
    null
  }

  private static Object deleteDir(Build build) {
    build.needsAgent('deleteDir')
    build.note(event: 'deleteDir')
    if (build.folder) {
      delete(build.here)
      Files.createDirectories(build.here)
    }
    null
  }

  // Links are removed and not followed.
  private static void delete(Path path) {
    if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      def stream = Files.newDirectoryStream(path)
      try { stream.each { delete(it) } } finally { stream.close() }
    }
    Files.delete(path)
  }

  // A file's credential is a file in `@tmp` that goes with the block. Jenkins masks what stands in the variable: of a file,
  // the path and not what is in it.
  private static Object withCredentials(Build build, List bindings, Closure run) {
    def variables = [:], folders = []
    try {
      bindings.each {
        def secret = build.secret(it.credentialsId)
        build.note(event: 'credential', id: it.credentialsId, kind: it.kind, variable: it.variable)
        variables[it.variable] = secret
        if (it.kind == 'file') {
          build.needsAgent('withCredentials')
          def folder = build.temporary.resolve("secretFiles/${build.next()}")
          variables[it.variable] = folder.resolve('id_token').toString()
          if (build.folder) {
            folders << Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString('rwx------')))
            folder.resolve('id_token').toFile().setText(secret, 'UTF-8')
          }
        }
      }
      build.masked(variables.values()) { build.with_(variables, run) }
    } finally {
      folders.each { delete(it) }
    }
  }
}
