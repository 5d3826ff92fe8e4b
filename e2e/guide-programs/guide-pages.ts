/** Programs and answers of docs/api/guides. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const LANGUAGES = ['ts', 'python', 'sh'] as const
export type Language = (typeof LANGUAGES)[number]

export interface GuideProgram {
  source: string
  /** Output: the next block of text on the page. `…` stands for any characters of a line. */
  answer: string
}

export type Guide = Record<Language, GuideProgram>

const FOLDER = join(import.meta.dirname, '../../docs/api/guides')

/** Guides by the names of their pages. */
export function readAllPages(folder = FOLDER): Record<string, Guide> {
  const pages = globSync('*.md', { cwd: folder })
    .filter((page) => page !== 'README.md')
    .sort()
  return Object.fromEntries(
    pages.map((page) => [page.replace('.md', ''), readGuide(page, readFileSync(join(folder, page), 'utf8'))]),
  )
}

/** @throws TypeError if a language is missing or there twice, if a block has another language, or if an answer is missing */
export function readGuide(page: string, markdown: string): Guide {
  const blocks = [...markdown.matchAll(/^```(.*)\n([^]*?)^```$/gm)].map(([, language, text]) => ({
    language: language!,
    text: text!,
  }))
  const other = blocks.find(({ language }) => language !== 'text' && !isLanguage(language))
  if (other) throw new TypeError(`${page}: "${other.language}" is not the language of a program or an answer`)
  const programs = LANGUAGES.map((language) => {
    const [at, ...more] = blocks.keys().filter((index) => blocks[index]!.language === language)
    if (at === undefined) throw new TypeError(`${page} has no program in ${language}`)
    if (more.length > 0) throw new TypeError(`${page} has several programs in ${language}`)
    const answer = blocks.slice(at).find((block) => block.language === 'text')
    if (!answer) throw new TypeError(`${page} has no answer after the program in ${language}`)
    return [language, { source: blocks[at]!.text, answer: answer.text }]
  })
  return Object.fromEntries(programs) as Guide
}

/** Matches the whole output of a program. */
export function patternOf(answer: string): RegExp {
  const parts = answer
    .trim()
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.+')}\n$`)
}

function isLanguage(text: string): text is Language {
  return (LANGUAGES as readonly string[]).includes(text)
}
