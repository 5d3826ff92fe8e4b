/**
 * Fails when a comment, test title, API summary, UI text or Markdown text breaks a rule of `prose/rules.ts`.
 *
 * Usage: node scripts/check-prose.ts
 */
import { globSync, readFileSync } from 'node:fs'
import { markdownTexts } from './prose/markdown.ts'
import { proseComplaints } from './prose/rules.ts'
import { sqlTexts } from './prose/sql.ts'
import { proseTexts } from './prose/texts.ts'

const CODE = '{server,web,client,e2e,proofs,bench,sandbox,scripts,mail-servers}/**/*.{ts,tsx}'
const MARKDOWN = '{*.md,{docs,server,web,client,e2e,proofs,sandbox,mail-servers}/**/*.md}'
const SQL = 'server/migrations/*.sql'
const FOREIGN = new Set(['node_modules', 'dist', 'generated', 'screenshots'])
/** Files that list the banned words. */
const LISTS_OF_TERMS = new Set([
  'GLOSSARY.md',
  'scripts/prose/rules.ts',
  'scripts/prose/api-names.ts',
  'scripts/check-prose.test.ts',
])

/** Complaints about one file, each with its line; `file` is its path from the top of the repository. */
export function fileComplaints(file: string, text: string): string[] {
  if (LISTS_OF_TERMS.has(file)) return []
  return textsOf(file, text).flatMap(({ line, text: prose }) =>
    proseComplaints(prose).map(({ found, advice }) => `${file}:${line}: "${found}". ${advice}`),
  )
}

function textsOf(file: string, text: string): { line: number; text: string }[] {
  if (file.endsWith('.md')) return markdownTexts(text)
  return file.endsWith('.sql') ? sqlTexts(text) : proseTexts(file, text)
}

if (import.meta.main) {
  const exclude = (name: string) => name.split('/').some((part) => FOREIGN.has(part))
  const files = [CODE, MARKDOWN, SQL].flatMap((pattern) => globSync(pattern, { exclude })).sort()
  const complaints = files.flatMap((file) => fileComplaints(file, readFileSync(file, 'utf8')))
  for (const line of complaints) console.error(line)
  if (complaints.length > 0) process.exitCode = 1
  else console.log(`${files.length} files follow the rules for prose.`)
}
