/** Extracts the prose of a Markdown file: paragraphs, headings, list items and table cells. */

export interface MarkdownText {
  /** 1-based line of its first character. */
  line: number
  /** Prose in which inline code is replaced by `…`. */
  text: string
}

const BLOCK_START = /^\s*(?:#{1,6} |[-*+] |\d+\. |> ?)+/

/** Texts outside code fences; the lines of a paragraph or list item are joined. */
export function markdownTexts(markdown: string): MarkdownText[] {
  const texts: MarkdownText[] = []
  let isCode = false
  let open: MarkdownText | undefined
  for (const [at, raw] of markdown.split('\n').entries()) {
    const line = raw.replaceAll(/`[^`]*`/g, '…')
    if (/^\s*(```|~~~)/.test(raw)) {
      isCode = !isCode
      open = undefined
    } else if (isCode || line.trim() === '') open = undefined
    else if (line.trim().startsWith('|')) {
      open = undefined
      const cells = line.split('|').map((cell) => cell.trim())
      texts.push(...cells.filter((cell) => /\w/.test(cell)).map((text) => ({ line: at + 1, text })))
    } else if (open && !BLOCK_START.test(line)) open.text += ` ${line.trim()}`
    else {
      open = { line: at + 1, text: line.replace(BLOCK_START, '').replace(/^[*_]+/, '') }
      texts.push(open)
      if (line.startsWith('#')) open = undefined
    }
  }
  return texts
}
