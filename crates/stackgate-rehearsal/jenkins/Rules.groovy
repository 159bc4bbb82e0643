// What a declarative Jenkinsfile may hold: sections, conditions, options, steps and their parameters.
//
// Taken from what the plugins document and refuse (pipeline-model-definition 2.2277, workflow-basic-steps, durable-task,
// credentials-binding, lockable-resources, junit, pipeline-milestone-step, docker-workflow). It is narrower than Jenkins on purpose:
// a step that is not here is a finding, so that whoever brings a new one into a template also says what it means in Build.groovy.

class Rules {
  static final Set PIPELINE = words('agent stages environment post options parameters triggers tools libraries')
  static final Set STAGE = words('agent when steps stages parallel matrix failFast post options input environment tools')
  static final Set INPUT = words('message id ok submitter submitterParameter parameters')
  static final List POST = ('always changed fixed regression aborted failure success unstable unsuccessful notBuilt cleanup').tokenize()

  // Each parameter is `name:type`, with `!` where it must be given; the first is the one that may stand without its name.
  // Types: s a string, b a boolean, n a number, l a list, a anything. `{}` is a block that must follow.
  static final Map STEPS = [
    sh             : 'script!:s label:s encoding:s returnStatus:b returnStdout:b',
    echo           : 'message!:s',
    error          : 'message!:s',
    checkout       : 'scm!:a changelog:b poll:b',
    deleteDir      : '',
    dir            : 'path!:s {}',
    withEnv        : 'overrides!:l {}',
    withCredentials: 'bindings!:l {}',
    timeout        : 'time!:n unit:s activity:b {}',
    retry          : 'count!:n conditions:l {}',
    timestamps     : '{}',
    lock           : 'resource:s label:s quantity:n inversePrecedence:b skipIfLocked:b variable:s extra:l priority:n {}',
    milestone      : 'ordinal:n label:s unsafe:b',
    junit          : 'testResults!:s allowEmptyResults:b',
    archiveArtifacts: 'artifacts!:s allowEmptyArchive:b',
  ]
  static final String CRON = 'spec!:s'
  static final Map BINDINGS = [file: 'credentialsId!:s variable!:s', string: 'credentialsId!:s variable!:s']

  // Conditions of `when`; a number is how many conditions must stand inside (-1: at least one).
  static final Map GROUPS = [allOf: -1, anyOf: -1, not: 1]
  static final Map CONDITIONS = [
    branch       : 'pattern!:s comparator:s',
    tag          : 'pattern:s comparator:s',
    buildingTag  : '',
    changeRequest: ':a id:s target:s branch:s fork:s url:s title:s author:s authorDisplayName:s authorEmail:s comparator:s',
    environment  : ':a name!:s value!:s ignoreCase:b',
    equals       : ':a expected!:a actual!:a',
    triggeredBy  : 'cause!:s detail:s',
    isRestartedRun: '',
  ]
  static final Set FLAGS = words('beforeAgent beforeInput beforeOptions')
  static final Set COMPARATORS = words('EQUALS GLOB REGEXP')

  static final Map AGENTS = [
    label : 'label!:s',
    node  : ':a label!:s customWorkspace:s retries:n',
    docker: 'image!:s label:s args:s registryUrl:s registryCredentialsId:s reuseNode:b alwaysPull:b customWorkspace:s',
  ]

  // Options that are steps around everything, and those that are settings of the job.
  static final Set WRAPPERS = words('timeout retry timestamps lock')
  static final Map SETTINGS = [
    buildDiscarder        : 'strategy!:a',
    disableConcurrentBuilds: 'abortPrevious:b',
    disableRestartFromStage: '',
    disableResume         : '',
    durabilityHint        : 'hint!:s',
    newContainerPerStage  : '',
    overrideIndexTriggers : 'enableTriggers!:b',
    parallelsAlwaysFailFast: '',
    preserveStashes       : 'buildCount:n',
    quietPeriod           : 'quietPeriod!:n',
    skipDefaultCheckout   : 'skipDefaultCheckout:b',
    skipStagesAfterUnstable: '',
    checkoutToSubdirectory: 'subdirectory!:s',
  ]
  static final Set STAGE_SETTINGS = words('skipDefaultCheckout checkoutToSubdirectory')

  static Set words(String text) { text.tokenize() as Set }

  // The parameters of one entry above, by name.
  static Map<String, Map> parameters(String entry) {
    entry.tokenize().findAll { it != '{}' && !it.startsWith(':') }.collectEntries {
      def (name, type) = it.tokenize(':')
      [name - '!', [type: type, required: name.endsWith('!')]]
    }
  }
  static boolean takesBlock(String entry) { entry.endsWith('{}') }
  static boolean namesOnly(String entry) { entry.startsWith(':') }
}
