/** Generates `docs/admin/command-line.md` from the table of commands. Usage: npm run command-line */
import { writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { describeShape, optionsOf, programOfRelease, usageOf, VERBS, type Verb } from '../server/src/cli/index.ts'

export const COMMAND_LINE_PAGE = 'docs/admin/command-line.md'

const HEAD = `# Command line

<!-- Generated from server/src/cli by "npm run command-line". -->

\`postkey\` does the tasks of an admin at a terminal, while a server runs or is stopped. In a release it is
\`bin/postkey\`: run it as the user of the server, with the same variables. In a checkout, \`npm run postkey --\` stands for
\`postkey\`, and \`npm run --silent postkey --\` leaves out npm's own lines. It uses the installation of \`npm start\` in this
folder, or the one in the environment of \`npm run serve\`.

Changes are recorded in the audit list as those of a command-line user. A running server follows them within seconds.

## A forgotten password

\`postkey user reset-password EMAIL\` prints a link with which the user chooses a new password. It works for the last admin
too. \`postkey user list\` shows who the admins are.

## Exit codes

| code | meaning                                                                              |
| ---- | ------------------------------------------------------------------------------------ |
| \`0\`  | no problem                                                                           |
| \`1\`  | the command succeeded and found a problem, such as a mailbox that needs a sign-in    |
| \`2\`  | wrong usage; nothing was changed                                                     |
| \`3\`  | the command failed: the database can't be reached, a name is unknown, it was refused |

## JSON

With \`--json\`, every command but \`serve\` and \`start\` prints one JSON object, whose type stands below. Names and times are
those of the [API](../api/README.md). A field with \`?\` can be absent. New fields can be added. After an error (exit codes 2 and 3)
it prints this object instead, to standard output:

\`\`\`ts
type Failed = { error: { code: string; title: string; remedy: string; fix: string; detail?: string } }
\`\`\`

[Errors](../errors.md) lists the codes.
`

export function commandLinePage(verbs: readonly Verb[]): string {
  const rows = verbs.map(
    (verb) => `| [\`${inTable(usageOf(verb))}\`](#${verb.name.replaceAll(' ', '-')}) | ${verb.sentence} |`,
  )
  const sections = verbs.map(sectionOf)
  return [HEAD, '## Commands', '', '| command | effect |', '| --- | --- |', ...rows, '', ...sections].join('\n')
}

function sectionOf(verb: Verb): string {
  const options = optionsOf(verb).map(([usage, sentence]) => `| \`${inTable(usage)}\` | ${inTable(sentence)} |`)
  return [
    `### ${verb.name}`,
    '',
    verb.sentence,
    ...(verb.details ?? []).flatMap((line) => ['', line]),
    '',
    `Usage: \`postkey ${usageOf(verb)}${options.length > 0 ? ' [options]' : ''}\``,
    ...(options.length > 0 ? ['', '| option | meaning |', '| --- | --- |', ...options] : []),
    '',
    ...(verb.shape ? ['```ts', `type Output = ${describeShape(verb.shape)}`, '```', ''] : []),
  ].join('\n')
}

/** A bar would begin another cell, even in code. */
function inTable(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** The commands of a release. */
export const COMMANDS = [
  ...(programOfRelease({ serve: () => Promise.resolve(), start: () => Promise.resolve() }).verbs ?? []),
  ...VERBS,
]

/** The page as Prettier leaves it. */
export function formattedPage(text: string): Promise<string> {
  return format(text, { parser: 'markdown', printWidth: 120, proseWrap: 'always', semi: false, singleQuote: true })
}

if (import.meta.main) writeFileSync(COMMAND_LINE_PAGE, await formattedPage(commandLinePage(COMMANDS)))
