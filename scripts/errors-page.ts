/** Generates `docs/errors.md` from the error catalogue and `docs/error-map.md` from the map. Usage: npm run errors */
import { writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { ERROR_MAP, WHO_WORDS, type MapEntry, type RemedyCommand } from '../server/src/error-map/index.ts'
import {
  CATALOGUE,
  errorOfMicrosoft,
  whoCanFix,
  type Effect,
  type ErrorEntry,
  type Remedy,
  type Scope,
} from '../server/src/kernel/errors.ts'

export const ERRORS_PAGE = 'docs/errors.md'
export const ERROR_MAP_PAGE = 'docs/error-map.md'

const REMEDIES: readonly Remedy[] = ['wait', 'sign-in', 'admin', 'bug']

const EFFECTS: Readonly<Record<Effect, string>> = {
  fail: 'fails',
  wait: 'waits',
  'hold-mailbox': 'all of the mailbox waits',
  'hold-login': 'all of the login waits',
}

/** Scopes whose errors answer requests or stop alerts; they never affect a message. */
const NEVER_IN_SENDING: ReadonlySet<Scope> = new Set(['request', 'alerts'])

export function errorsPage(catalogue: Readonly<Record<string, ErrorEntry>>): string {
  const rooms = grouped(Object.entries(catalogue), ([code]) => roomOf(code))
  const sections = rooms.map(([room, entries]) => {
    const rows = entries.map(([code, { title, remedy, status, scope, stage, submission }]) =>
      row([
        `[\`${code}\`](#${anchor(code)})`,
        title,
        `\`${remedy}\``,
        String(status),
        stage === 'authorization' || NEVER_IN_SENDING.has(scope) ? '' : EFFECTS[submission],
      ]),
    )
    const details = entries.map(
      ([code, { title, remedy, scope, fix }]) => `### ${code}

**${title}.**

Who can fix it: ${whoCanFix({ remedy, scope })} (\`${remedy}\`).

${fix}
`,
    )
    return `## ${room}

| code | meaning | remedy | HTTP | message to be sent |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

${details.join('\n')}`
  })
  return `# Errors

Every code that the API, the web UI and the log can show, with its meaning and its fix. A code is never renamed and never
reused. Generated from \`server/src/errors\` by \`npm run errors\`.

- _remedy_: who can fix it.
${REMEDIES.map((remedy) => `  - \`${remedy}\`: ${whoCanFix({ remedy, scope: 'us' })}`).join('\n')}
- _{address}_, _{person}_: the mailbox and the user who signs in, by name where Postkey knows them.
- _message to be sent_: the effect on a message whose attempt meets the error. A message that fails keeps its text.

## Contents

${contents(rooms)}

${sections.join('\n')}`
}

export function errorMapPage(map: readonly MapEntry[]): string {
  const services = grouped(map, serviceOf)
  const sections = services.map(([service, entries]) => {
    const rows = entries.map((entry) =>
      row([
        codesOf(entry, (first) => `[${first}](#${anchor(first)})`),
        entry.cause,
        WHO_WORDS[entry.who],
        meaningOf(entry),
      ]),
    )
    const details = entries.map((entry) => {
      const blocks = (entry.commands ?? []).map(({ shell, line }) => `\`\`\`${LANGUAGE[shell]}\n${line}\n\`\`\`\n`)
      return [
        `### ${nameOf(entry.codes[0]!)}\n`,
        ...(entry.codes.length > 1 ? [`Codes: ${codesOf(entry)}.\n`] : []),
        `${entry.cause}\n`,
        `Who can fix it: ${WHO_WORDS[entry.who]}. Code of Postkey: ${meaningOf(entry)}.\n`,
        `${entry.where}\n`,
        ...blocks,
      ].join('\n')
    })
    return `## ${service}

| codes | cause | who can fix it | code of Postkey |
| --- | --- | --- | --- |
${rows.join('\n')}

${details.join('\n')}`
  })
  return `# Codes of Microsoft

Numbers of Entra ID (AADSTS) and codes of Microsoft Graph and Exchange: the cause, who can fix it, where, and with which
command. Postkey shows the same with the real names for \`{clientId}\`, \`{tenantId}\`, \`{address}\` (of the mailbox),
\`{person}\` and \`{redirectUri}\`; \`{eq property name}\` is a filter that compares with it. These texts explain; the
behavior of Postkey depends on standard fields of the protocols. Generated from \`server/src/error-map\` by \`npm run errors\`.

## Contents

${contents(services)}

${sections.join('\n')}`
}

/** `transports.imap_off` → `transports, IMAP`. */
function roomOf(code: string): string {
  const [, protocol] = /^transports\.(imap|smtp)_/.exec(code) ?? []
  return protocol === undefined ? code.split('.')[0]! : `transports, ${protocol.toUpperCase()}`
}

function serviceOf({ codes: [code] }: MapEntry): string {
  if (typeof code === 'number') return 'Entra ID'
  const known = errorOfMicrosoft(code!)
  const { imap = [], smtp = [] } = (known && CATALOGUE[known].microsoft) ?? {}
  if (imap.includes(code!)) return 'Exchange, IMAP'
  return smtp.includes(code!) ? 'Exchange, SMTP' : 'Microsoft Graph'
}

function nameOf(code: number | string): string {
  return typeof code === 'number' ? `AADSTS${code}` : code
}

function codesOf({ codes }: MapEntry, first = (name: string) => name): string {
  const [name, ...more] = codes.map(nameOf)
  return [first(name!), ...more].join(', ')
}

function meaningOf({ codes }: MapEntry): string {
  return [...new Set(codes.map(errorOfMicrosoft))].map((code) => `\`${code}\``).join(' or ')
}

function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  return [...Map.groupBy(items, keyOf)].sort(([one], [other]) => one.localeCompare(other))
}

function contents(groups: readonly [string, readonly unknown[]][]): string {
  return [
    '| section | entries |',
    '| --- | --- |',
    ...groups.map(([name, { length }]) => row([`[${name}](#${anchor(name)})`, String(length)])),
  ].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** Anchor that GitHub generates for a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')
}

const LANGUAGE: Readonly<Record<RemedyCommand['shell'], string>> = {
  'azure-cli': 'sh',
  'graph-powershell': 'powershell',
  'exchange-powershell': 'powershell',
}

/** A page as the formatter prints it. */
export function formatted(page: string): Promise<string> {
  return format(page, { parser: 'markdown', printWidth: 120 })
}

if (import.meta.main) {
  writeFileSync(ERRORS_PAGE, await formatted(errorsPage(CATALOGUE)))
  console.log(`${ERRORS_PAGE}: ${Object.keys(CATALOGUE).length} codes.`)
  writeFileSync(ERROR_MAP_PAGE, await formatted(errorMapPage(ERROR_MAP)))
  console.log(`${ERROR_MAP_PAGE}: ${ERROR_MAP.flatMap(({ codes }) => codes).length} codes.`)
}
