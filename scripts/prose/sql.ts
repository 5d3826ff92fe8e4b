/** Extracts the comments of an SQL file. */
import type { MarkdownText } from './markdown.ts'

/** Comments that begin with `--`; those on consecutive lines are joined. */
export function sqlTexts(sql: string): MarkdownText[] {
  const texts: MarkdownText[] = []
  let open: MarkdownText | undefined
  for (const [at, line] of sql.split('\n').entries()) {
    const start = line.indexOf('--')
    const text = line.slice(start + 2).trim()
    if (start < 0) open = undefined
    else if (open && line.trimStart().startsWith('--')) open.text += ` ${text}`
    else {
      open = { line: at + 1, text }
      texts.push(open)
    }
  }
  return texts
}
