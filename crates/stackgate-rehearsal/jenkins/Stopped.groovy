// Why a build goes no further: `FAILURE` and `ABORTED` as in Jenkins; `REFUSED` when the harness would have to guess.

class Stopped extends RuntimeException {
  final String result

  Stopped(String result, String message) {
    super(message)
    this.result = result
  }
}
