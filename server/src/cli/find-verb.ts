import { AppError, fillText } from '../kernel/errors.ts'
import { TEXTS } from './texts.ts'
import type { Verb } from './verb.ts'

/** A verb and the arguments after it, or the verbs that begin with a word. */
export type FoundVerb = { verb: Verb; rest: readonly string[] } | { group: readonly Verb[]; rest: readonly string[] }

/**
 * Finds the verb of a command line. Two words take precedence over one.
 *
 * @throws AppError `cli.usage`
 */
export function findVerb(argv: readonly string[], verbs: readonly Verb[]): FoundVerb {
  for (const count of [2, 1]) {
    const name = argv.slice(0, count).join(' ')
    const verb = verbs.find((each) => each.name === name)
    if (verb) return { verb, rest: argv.slice(count) }
  }
  const [first = '', second] = argv
  const group = verbs.filter(({ name }) => name.startsWith(`${first} `))
  if (group.length === 0) throw usageError(fillText(TEXTS.unknownVerb, { name: first }))
  if (second === undefined || second.startsWith('-')) return { group, rest: argv.slice(1) }
  const known = group.map(({ name }) => name).join(', ')
  throw usageError(fillText(TEXTS.unknownVerbOfGroup, { name: `${first} ${second}`, known }))
}

/** A wrong command line. */
export function usageError(reason: string): AppError {
  return new AppError('cli.usage', { detail: reason, cause: new Error(reason) })
}
