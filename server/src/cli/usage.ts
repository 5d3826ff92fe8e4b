import type { Verb } from './verb.ts'

const OPTIONS = `  --json   one JSON object on standard output, also for errors
  --help   help for a command`

/** The list of verbs. */
export function describeUsage(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(({ usage }) => usage.length))
  const lines = verbs.map(({ usage, sentence }) => `  ${usage.padEnd(width)}   ${sentence}`)
  return `Usage: npm run postkey -- <command> [options]

${lines.join('\n')}

${OPTIONS}

Uses the installation of npm start in this folder, or the one in the environment of npm run serve.
Exit codes: 0 no problems, 1 problems found, 2 unknown command, 3 the command failed.`
}

export function usageOfVerb({ usage, sentence, details = [] }: Verb): string {
  return [
    `Usage: npm run postkey -- ${usage} [--json]`,
    '',
    sentence,
    ...(details.length > 0 ? ['', ...details] : []),
  ].join('\n')
}
