/** Writes `docs/errors.md` out of the error catalogue and `docs/error-map.md` out of the map. Usage: npm run errors */
import { writeFileSync } from 'node:fs'
import { ERROR_MAP, WHO_WORDS, type RemedyCommand, type MapEntry } from '../server/src/error-map/index.ts'
import { CATALOGUE, errorOfMicrosoft, type ErrorWords, type Remedy } from '../server/src/kernel/errors.ts'

export const ERRORS_PAGE = 'docs/errors.md'
export const ERROR_MAP_PAGE = 'docs/error-map.md'

const WHO: Readonly<Record<Remedy, string>> = {
  wait: 'nobody needs to; Postkey tries again with growing pauses',
  'sign-in': 'the owner of the mailbox, by signing in again',
  admin: 'an admin, by a setting here or in Entra ID',
  bug: 'the makers of Postkey',
}

export function errorsPage(catalogue: Readonly<Record<string, ErrorWords>>): string {
  const sections = Object.entries(catalogue).map(
    ([code, { title, remedy, fix }]) => `## ${code}

**${title}.**

Who can end it: ${WHO[remedy]} (\`${remedy}\`).

${fix}
`,
  )
  return `# Errors

Each code that the API, the web UI and the log can show, with its meaning and how to solve it. A code is never renamed
and never reused. This page is generated from the entries in \`server/src/errors\` by \`npm run errors\`.

${sections.join('\n')}`
}

export function errorMapPage(map: readonly MapEntry[]): string {
  const sections = map.map(({ codes, who, cause, where, commands = [] }) => {
    const meanings = [...new Set(codes.map(errorOfMicrosoft))].map((code) => `\`${code}\``)
    const titles = codes.map((code) => (typeof code === 'number' ? `AADSTS${code}` : code))
    const blocks = commands.map(({ shell, line }) => `\`\`\`${LANGUAGE[shell]}\n${line}\n\`\`\`\n`)
    const lines = [
      `## ${titles.join(', ')}\n`,
      `${cause}\n`,
      `Who can end it: ${WHO_WORDS[who]}. Postkey calls it ${meanings.join(' or ')}.\n`,
      `${where}\n`,
    ]
    return [...lines, ...blocks].join('\n')
  })
  return `# What the codes of Microsoft mean

Each number of Entra ID and each code of Microsoft Graph that Postkey explains: the cause, who can end it, where, and the
command. Postkey shows the same with the real names in the places of \`{clientId}\`, \`{tenantId}\`, \`{address}\` (of the
mailbox), \`{person}\` and \`{redirectUri}\`; \`{eq property name}\` is a filter that compares with it. These are words: what
Postkey does depends on the standard fields of the protocol alone. This page is generated from
\`server/src/error-map\` by \`npm run errors\`.

${sections.join('\n')}`
}

const LANGUAGE: Readonly<Record<RemedyCommand['shell'], string>> = {
  'azure-cli': 'sh',
  'graph-powershell': 'powershell',
  'exchange-powershell': 'powershell',
}

if (import.meta.main) {
  writeFileSync(ERRORS_PAGE, errorsPage(CATALOGUE))
  console.log(`${ERRORS_PAGE}: ${Object.keys(CATALOGUE).length} codes.`)
  writeFileSync(ERROR_MAP_PAGE, errorMapPage(ERROR_MAP))
  console.log(`${ERROR_MAP_PAGE}: ${ERROR_MAP.flatMap(({ codes }) => codes).length} codes.`)
}
