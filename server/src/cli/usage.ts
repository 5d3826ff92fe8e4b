import { fillText } from '../kernel/errors.ts'
import { TEXTS } from './texts.ts'
import type { Verb } from './verb.ts'

/** The list of verbs. */
export function describeUsage(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(({ usage }) => usage.length))
  const lines = verbs.map(({ usage, sentence }) => `  ${usage.padEnd(width)}   ${sentence}`)
  return [
    TEXTS.commands,
    '',
    ...lines,
    '',
    `  --json   ${TEXTS.jsonOption}`,
    `  --help   ${TEXTS.helpOption}`,
    '',
    TEXTS.installation,
    TEXTS.exitCodes,
  ].join('\n')
}

export function usageOfVerb({ usage, sentence, details = [] }: Verb): string {
  const head = [fillText(TEXTS.command, { usage }), '', sentence]
  return [...head, ...(details.length > 0 ? ['', ...details] : [])].join('\n')
}
