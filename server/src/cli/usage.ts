import type { Verb } from './verb.ts'

const OPTIONS = `  --json   one JSON object on standard output, also for errors
  --help   what a verb does`

/** The list of verbs. */
export function usageOf(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(({ usage }) => usage.length))
  const lines = verbs.map(({ usage, sentence }) => `  ${usage.padEnd(width)}   ${sentence}`)
  return `Usage: npm run postkey -- <verb> [options]

${lines.join('\n')}

${OPTIONS}

The installation is that of npm start in this folder, or the one that the environment of npm run serve names.
Exit code: 0 fine, 1 something is wrong, 2 not a command, 3 it could not be done.`
}

export function usageOfVerb({ usage, sentence, details = [] }: Verb): string {
  return [
    `Usage: npm run postkey -- ${usage} [--json]`,
    '',
    sentence,
    ...(details.length > 0 ? ['', ...details] : []),
  ].join('\n')
}
