import { parseArgs } from 'node:util'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import { findVerb, usageError } from './find-verb.ts'
import { showHelp } from './help.ts'
import { TEXTS } from './texts.ts'
import { usageOf } from './usage.ts'
import { VERBS } from './verbs.ts'
import {
  EXIT,
  type CliOpenOptions,
  type ExamineConfig,
  type ExitCode,
  type FindDatabaseOptions,
  type FoundDatabase,
  type OpenedInstallation,
  type Program,
  type Verb,
} from './verb.ts'

export interface CliDeps {
  /** Opens the installation named by the environment. Not called when only help is requested. */
  open: (options?: CliOpenOptions) => Promise<OpenedInstallation>
  examineConfig: ExamineConfig
  /** Log file named by the environment. Default: none. */
  findLogFile?: () => string | undefined
  /** Public keys of backups, named by the environment. Default: none. */
  backupRecipients?: () => readonly string[]
  /** Finds the database named by the environment. */
  findDatabase: (options?: FindDatabaseOptions) => Promise<FoundDatabase>
  /** Handles the signals that end a process from now on. */
  stopSignal: () => AbortSignal
  /** Clock used until an installation is open. */
  clock: Clock
  /** Prints to standard output; `complain` prints to standard error. */
  print: (text: string) => void
  /** Prints a text that is lost if nothing reads it, which fails the command. Default: `print`. */
  printSecret?: (text: string) => void
  complain: (text: string) => void
  /** Returns the text of an error for users. */
  describe: (error: AppError) => string
  /** Default: the program of a checkout. */
  program?: Program
}

const OF_CHECKOUT: Program = { command: 'npm run postkey --', installation: TEXTS.ofCheckout }

/** Runs one command from its arguments to its exit code. Prints every error and never throws. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<ExitCode> {
  const json = argv.includes('--json')
  const words = argv.filter((word) => word !== '--json')
  if (words[0] === '--version') words[0] = 'version'
  const { program = OF_CHECKOUT } = deps
  const shown = { verbs: [...(program.verbs ?? []), ...VERBS], program, json, print: deps.print }
  let opened: OpenedInstallation | undefined
  let database: FoundDatabase | undefined
  let stopping: AbortSignal | undefined
  try {
    const [first] = words
    if (first === undefined || first === '--help' || first === '-h') {
      showHelp([], shown)
      return first === undefined ? EXIT.usage : EXIT.fine
    }
    const found = findVerb(words, shown.verbs)
    if ('group' in found) {
      const [option] = found.rest
      if (option !== undefined && option !== '--help' && option !== '-h') {
        throw usageError(fillText(TEXTS.unknownVerb, { name: `${first} ${option}` }))
      }
      showHelp([first], shown)
      return option === undefined ? EXIT.usage : EXIT.fine
    }
    const { verb, rest } = found
    const { values, positionals } = parsed(verb, rest)
    if (values['help'] === true) {
      showHelp(verb.name.split(' '), shown)
      return EXIT.fine
    }
    requireOperands(verb, positionals)
    if (json && !verb.shape) throw wrongUse(verb, TEXTS.withoutJson)
    return await verb.run({
      ...shown,
      ...(verb.printsSecret && deps.printSecret && { print: deps.printSecret }),
      operands: positionals,
      options: values,
      clock: deps.clock,
      examineConfig: deps.examineConfig,
      findLogFile: deps.findLogFile ?? (() => undefined),
      backupRecipients: deps.backupRecipients ?? (() => []),
      note: (text) => !json && deps.complain(text),
      open: async (options) => (opened ??= await deps.open(options)).rooms,
      findDatabase: async (options) => (database ??= await deps.findDatabase(options)).url,
      stopSignal: () => (stopping ??= deps.stopSignal()),
    })
  } catch (thrown) {
    const reason = AppError.from(thrown)
    // Its data is committed: it was not stopped before its end.
    const isStopped = stopping?.aborted && reason.code !== 'backup.restored_not_upgraded'
    const error = isStopped ? new AppError('cli.stopped') : reason
    if (json) {
      const { code, message: title, remedy, fix, detail } = error
      deps.print(JSON.stringify({ error: { code, title, remedy, fix, ...(detail !== undefined && { detail }) } }))
    } else deps.complain(deps.describe(error))
    return error.code === 'cli.usage' ? EXIT.usage : EXIT.failed
  } finally {
    // The command has its result. A part that can't be closed ends with the process.
    for (const end of [opened?.close, database?.leave]) {
      await end?.().catch((error: unknown) => deps.complain(deps.describe(AppError.from(error))))
    }
  }
}

function parsed(verb: Verb, rest: readonly string[]) {
  try {
    const options = Object.fromEntries(Object.entries(verb.options ?? {}).map(([name, { type }]) => [name, { type }]))
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    return { values: values as Record<string, string | boolean | undefined>, positionals }
  } catch (cause) {
    throw wrongUse(verb, (cause as Error).message)
  }
}

function requireOperands(verb: Verb, given: readonly string[]): void {
  const operands = verb.operands ?? []
  if (given.length > operands.length) throw wrongUse(verb, fillText(TEXTS.wordTooMany, { word: given.at(-1)! }))
  for (const [index, { name, isOptional, choices }] of operands.entries()) {
    const word = given[index]
    if (word === undefined && !isOptional) throw wrongUse(verb, fillText(TEXTS.wordMissing, { name }))
    if (word !== undefined && choices?.includes(word) === false) {
      throw wrongUse(verb, fillText(TEXTS.wordUnknown, { word, known: choices.join(', ') }))
    }
  }
}

function wrongUse(verb: Verb, reason: string): AppError {
  return usageError(fillText(TEXTS.wrongUse, { usage: usageOf(verb), reason }))
}
