import { parseArgs } from 'node:util'
import type { Clock } from '../kernel/clock.ts'
import { AppError, fillText } from '../kernel/errors.ts'
import { doctorVerb } from './doctor.ts'
import { keysVerb } from './keys.ts'
import { statusVerb } from './status.ts'
import { TEXTS } from './texts.ts'
import { describeUsage, usageOfVerb } from './usage.ts'
import { EXIT, type ExitCode, type OpenedInstallation, type CliOpenOptions, type Verb } from './verb.ts'

export interface CliDeps {
  /** Opens the installation named by the environment. Not called when only help is requested. */
  open: (options?: CliOpenOptions) => Promise<OpenedInstallation>
  /** Clock used until an installation is open. */
  clock: Clock
  /** Prints to standard output; `complain` prints to standard error. */
  print: (text: string) => void
  complain: (text: string) => void
  /** Returns the text of an error for users. */
  describe: (error: AppError) => string
}

export const VERBS: readonly Verb[] = [statusVerb, doctorVerb, keysVerb]

/** Runs one command from its arguments to its exit code. Prints every error and never throws. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<ExitCode> {
  const json = argv.includes('--json')
  let opened: OpenedInstallation | undefined
  try {
    const [name, ...rest] = argv
    if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
      deps.print(describeUsage(VERBS))
      return name === undefined ? EXIT.usage : EXIT.fine
    }
    const verb = VERBS.find((each) => each.name === name)
    if (!verb) throw new AppError('cli.usage', { cause: new Error(fillText(TEXTS.unknownVerb, { name })) })
    const { values, positionals } = parsed(verb, rest)
    if (values['help'] === true) {
      deps.print(usageOfVerb(verb))
      return EXIT.fine
    }
    return await verb.run({
      operands: positionals,
      options: values,
      json,
      clock: deps.clock,
      open: async (options) => (opened ??= await deps.open(options)).rooms,
      print: deps.print,
    })
  } catch (thrown) {
    const error = AppError.from(thrown)
    if (json) {
      const { code, message: title, remedy, fix, detail } = error
      deps.print(JSON.stringify({ error: { code, title, remedy, fix, ...(detail !== undefined && { detail }) } }))
    } else deps.complain(deps.describe(error))
    return error.code === 'cli.usage' ? EXIT.usage : EXIT.failed
  } finally {
    // The command has its result. A part that can't be closed ends with the process.
    await opened?.close().catch((error: unknown) => deps.complain(deps.describe(AppError.from(error))))
  }
}

function parsed(verb: Verb, rest: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: { ...verb.options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    if (positionals.length > verb.mostOperands) {
      throw new Error(fillText(TEXTS.wordTooMany, { word: positionals.at(-1)! }))
    }
    return { values: values as Record<string, string | boolean | undefined>, positionals }
  } catch (cause) {
    const message = fillText(TEXTS.wrongUse, { usage: verb.usage, reason: (cause as Error).message })
    throw new AppError('cli.usage', { cause: new Error(message) })
  }
}
