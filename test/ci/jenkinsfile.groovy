/*
 * Reads declarative pipelines with the Groovy that Jenkins has, as its declarative plugin does: what is not a section, directive,
 * condition, option or step that is known here, or not where it may stand, is an error. Prints what each makes run, as JSON:
 * per file a list of stages with `path`, `when`, `env` and `sh`. A credential is `credential:ID`, a variable of Jenkins its name.
 * Usage: groovy jenkinsfile.groovy FILE…
 */
import groovy.json.JsonOutput

class Wrong extends RuntimeException {
  Wrong(String message) { super(message) }
}

/** A block: each known word runs its closure, every other is an error. */
class Block {
  String name
  Map<String, Closure> words = [:]
  Map<String, Closure> values = [:]
  List<String> seen = []
  /** Assignments, in an environment. */
  Map<String, String> assigned

  Block read(Closure body) {
    body.delegate = this
    body.resolveStrategy = Closure.DELEGATE_ONLY
    body.call()
    this
  }
  def invokeMethod(String word, Object args) {
    if (!words.containsKey(word)) throw new Wrong("$name has no '$word'; it has ${words.keySet().sort().join(', ')}")
    seen << word
    words[word].call(*(args as List))
  }
  def getProperty(String word) {
    if (word in ['name', 'words', 'values', 'seen', 'assigned']) return this.@"$word"
    if (!values.containsKey(word)) throw new Wrong("$name knows no '$word'")
    values[word].call()
  }
  void setProperty(String word, Object value) {
    if (word in ['name', 'words', 'values', 'seen', 'assigned']) { this.@"$word" = value; return }
    if (this.@assigned == null) throw new Wrong("$name takes no assignment, as of '$word'")
    if (!(word ==~ /[A-Za-z_]\w*/)) throw new Wrong("'$word' is no name of a variable")
    if (this.@assigned.containsKey(word)) throw new Wrong("$word is assigned twice")
    if (!(value instanceof CharSequence)) throw new Wrong("$word is no string: $value")
    this.@assigned[word] = value.toString()
  }
  void needs(Collection<String> required) {
    required.each { if (!(it in seen)) throw new Wrong("$name has no '$it'") }
    seen.countBy { it }.each { word, times -> if (times > 1 && !(word in ['stage', 'sh'])) throw new Wrong("$name has '$word' twice") }
  }
}

class Reader {
  List<Map> stages = []
  /** What Jenkins itself has in the environment. */
  def env = new Expando() {
    def getProperty(String word) { "env:$word" }
  }

  static String text(value) {
    if (!(value instanceof CharSequence) || value.toString().empty) throw new Wrong("not a string: $value")
    value.toString()
  }

  void pipeline(Closure body) {
    Map<String, String> environment = [:]
    def block = new Block(name: 'pipeline')
    block.words = [
      agent: this.&agent,
      environment: { Closure it -> environment.putAll(variables(it)) },
      options: this.&options,
      triggers: this.&triggers,
      stages: { Closure it -> group(it, [], [], environment) },
    ]
    block.values = [any: { -> 'any' }, none: { -> 'none' }]
    block.read(body).needs(['agent', 'stages'])
  }

  void agent(value) {
    if (value in ['any', 'none']) return
    if (!(value instanceof Closure)) throw new Wrong("agent cannot be $value")
    def block = new Block(name: 'agent')
    def docker = { Closure it ->
      def inner = new Block(name: 'docker', words: [image: this.&text, args: this.&text, label: this.&text, reuseNode: { boolean on -> }])
      inner.read(it).needs(['image'])
    }
    block.words = [docker: docker, label: this.&text]
    block.read(value)
    if (block.seen.size() != 1) throw new Wrong("agent has ${block.seen.size()} kinds, not one")
  }

  void options(Closure body) {
    def block = new Block(name: 'options')
    block.words = [
      disableConcurrentBuilds: { Map args = [:] -> if (args.keySet() - 'abortPrevious') throw new Wrong("disableConcurrentBuilds: $args") },
      timeout: { Map args ->
        if (args.keySet() != ['time', 'unit'] as Set || !(args.time instanceof Integer)) throw new Wrong("timeout: $args")
        java.util.concurrent.TimeUnit.valueOf(args.unit)
      },
    ]
    if (!block.read(body).seen) throw new Wrong('options is empty')
  }

  void stageOptions(Closure body) {
    if (!new Block(name: 'options', words: [skipDefaultCheckout: { -> }]).read(body).seen) throw new Wrong('options is empty')
  }

  void triggers(Closure body) {
    def block = new Block(name: 'triggers', values: [env: { -> env }])
    block.words = [cron: { CharSequence spec ->
      if (spec.toString() && !(spec ==~ /[H\d*]+( [H\d*]+){4}/)) throw new Wrong("cron: $spec")
    }]
    if (!block.read(body).seen) throw new Wrong('triggers is empty')
  }

  Map<String, String> variables(Closure body) {
    def block = new Block(name: 'environment', assigned: [:], values: [env: { -> env }])
    block.words = [credentials: { CharSequence id -> "credential:${text(id)}" }]
    block.read(body)
    if (!block.assigned) throw new Wrong('environment is empty')
    block.assigned
  }

  void group(Closure body, List<String> path, List<String> when, Map<String, String> environment) {
    def names = []
    def block = new Block(name: 'stages')
    block.words = [stage: { CharSequence name, Closure it ->
      if (name.toString() in names) throw new Wrong("two stages are called '$name'")
      names << name.toString()
      stage(it, path + text(name), when, environment)
    }]
    block.read(body)
    if (!names) throw new Wrong('stages is empty')
  }

  void stage(Closure body, List<String> path, List<String> when, Map<String, String> environment) {
    def own = new LinkedHashMap(environment)
    def conditions = new ArrayList(when)
    def block = new Block(name: "stage '${path.last()}'")
    block.words = [
      when: { Closure it -> conditions << condition(it, 'when') },
      agent: this.&agent,
      options: this.&stageOptions,
      environment: { Closure it -> own.putAll(variables(it)) },
      steps: { Closure it -> steps(it, path, conditions, own) },
      stages: { Closure it -> group(it, path, conditions, own) },
    ]
    block.read(body).needs([])
    if (block.seen.count { it in ['steps', 'stages'] } != 1) throw new Wrong("$block.name has not one of steps and stages")
  }

  String condition(Closure body, String name) {
    def found = []
    def block = new Block(name: name)
    block.words = [
      branch: { CharSequence it -> found << "branch ${text(it)}".toString() },
      beforeAgent: { boolean on -> },
      tag: { CharSequence it -> found << "tag ${text(it)}".toString() },
      buildingTag: { -> found << 'buildingTag' },
      not: { Closure it -> found << "not ${condition(it, 'not')}".toString() },
    ]
    block.read(body)
    if (found.size() != 1) throw new Wrong("$name has ${found.size()} conditions, not one")
    found[0]
  }

  void steps(Closure body, List<String> path, List<String> when, Map<String, String> env) {
    def block = new Block(name: 'steps')
    block.words = [
      sh: { CharSequence it -> stages << [path: path, when: when, env: env, sh: text(it)] },
      checkout: { if (it != 'scm') throw new Wrong("checkout: $it") },
      stash: { Map args -> if (args.keySet() != ['name', 'includes'] as Set) throw new Wrong("stash: $args") },
      unstash: this.&text,
    ]
    block.values = [scm: { -> 'scm' }]
    if (!block.read(body).seen) throw new Wrong('steps is empty')
  }
}

def failed = false
println JsonOutput.toJson(args.collect { path ->
  def reader = new Reader()
  try {
    new GroovyShell(new Binding(pipeline: reader.&pipeline)).evaluate(new File(path))
  } catch (Exception error) {
    System.err.println "$path: $error.message"
    failed = true
  }
  reader.stages
})
System.exit(failed ? 1 : 0)
