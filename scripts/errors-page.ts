/** Writes `docs/errors.md` out of the error catalogue. Usage: npm run errors */
import { writeFileSync } from 'node:fs'
import { CATALOGUE, type CatalogueEntry, type Remedy } from '../server/src/kernel/errors.ts'

export const ERRORS_PAGE = 'docs/errors.md'

const WHO: Readonly<Record<Remedy, string>> = {
  wait: 'nobody needs to; Postkey tries again with growing pauses',
  'sign-in': 'the owner of the mailbox, by signing in again',
  admin: 'an admin, by a setting here or in Entra ID',
  bug: 'the makers of Postkey',
}

export function errorsPage(catalogue: Readonly<Record<string, CatalogueEntry>>): string {
  const sections = Object.entries(catalogue).map(
    ([code, { title, remedy, fix }]) => `## ${code}

**${title}.**

Who can end it: ${WHO[remedy]} (\`${remedy}\`).

${fix}
`,
  )
  return `# Errors

Each code that the API, the web UI and the log can show, with its meaning and how to solve it. A code is never renamed
and never reused. This page is generated from the catalogue in \`server/src/kernel/errors.ts\` by \`npm run errors\`.

${sections.join('\n')}`
}

if (import.meta.main) {
  writeFileSync(ERRORS_PAGE, errorsPage(CATALOGUE))
  console.log(`${ERRORS_PAGE}: ${Object.keys(CATALOGUE).length} codes.`)
}
