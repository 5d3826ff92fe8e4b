/** Reads `GLOSSARY.md`: banned names and their replacements. */

/**
 * Position of a banned word in a name. `alone`: the whole name. `ends`, `begins`: with a prefix or suffix. `anywhere`:
 * in any name, even of a variable.
 */
export type Place = 'alone' | 'ends' | 'begins' | 'anywhere'

export interface BannedName {
  /** Lower case, without separators. */
  word: string
  place: Place
  /** Replacement, as written in its table row. */
  instead: string
}

/** Banned names by second-level heading. */
export function readGlossary(markdown: string): ReadonlyMap<string, readonly BannedName[]> {
  const sections = markdown.split(/^## /m).slice(1)
  return new Map(
    sections.map((section) => [section.slice(0, section.indexOf('\n')).trim(), section.split('\n').flatMap(readRow)]),
  )
}

function readRow(line: string): BannedName[] {
  if (!line.startsWith('|') || /^[|\s:-]+$/.test(line)) return []
  const cells = line.split('|').slice(1, -1)
  const [instead, banned] = [cells[0]?.trim() ?? '', cells[3] ?? '']
  return [...banned.matchAll(/`(…?)([A-Za-z]+)(…?)`/g)].map(([, before, word, after]) => ({
    word: word!.toLowerCase(),
    place: before && after ? 'anywhere' : before ? 'ends' : after ? 'begins' : 'alone',
    instead,
  }))
}

/**
 * Returns true if `name` contains the banned word. Accepts every spelling (`camelCase`, `kebab-case`) and the plural.
 */
export function isBanned(name: string, { word, place }: BannedName): boolean {
  const words = splitWords(name)
  const spans = words.flatMap((_, from) => words.slice(from).map((__, length) => ({ from, to: from + length + 1 })))
  return spans.some(({ from, to }) => {
    const span = words.slice(from, to).join('')
    if (span !== word && span !== `${word}s` && span !== `${word}es`) return false
    const [atStart, atEnd] = [from === 0, to === words.length]
    switch (place) {
      case 'alone':
        return atStart && atEnd
      case 'ends':
        return !atStart && atEnd
      case 'begins':
        return atStart && !atEnd
      case 'anywhere':
        return true
    }
  })
}

/** `OAuthApp` → `o auth app`; `graph-errors` → `graph errors`. */
export function splitWords(name: string): string[] {
  return (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase())
}
