/** Mentions in a note: `@` and the name of a person. */

export interface Mentionable {
  id: string
  name: string
}

/** The mention that is being typed: the words between `@` and the cursor. */
interface TypedMention {
  /** Position of the `@`. */
  start: number
  searched: string
}

const LONGEST_NAME = 60

export function typedMention(text: string, cursor: number): TypedMention | undefined {
  const before = text.slice(Math.max(0, cursor - LONGEST_NAME), cursor)
  const [, searched] = /(?:^|[\s([{"'])@([^@\n]*)$/u.exec(before) ?? []
  return searched === undefined ? undefined : { start: cursor - searched.length - 1, searched }
}

/** People of whose name the searched text is the beginning, from any word on. */
export function findPeople<Person extends Mentionable>(people: readonly Person[], searched: string): Person[] {
  const wanted = searched.toLocaleLowerCase()
  return people.filter(({ name }) => {
    const words = name.toLocaleLowerCase().split(' ')
    return words.some((_, at) => words.slice(at).join(' ').startsWith(wanted))
  })
}

/**
 * Ids of the people whom a text mentions.
 *
 * @param people  undefined while they are unknown
 * @param chosen  ids that were chosen from the list, which decide between people of one name
 * @returns undefined if the text may mention people, who are unknown
 */
export function mentionsIn(
  text: string,
  people: readonly Mentionable[] | undefined,
  chosen: readonly string[],
): string[] | undefined {
  if (!text.includes('@')) return []
  if (!people) return undefined
  const pattern = mentionPattern(people.map(({ name }) => name))
  if (!pattern) return []
  const names = new Set([...text.matchAll(new RegExp(pattern, 'giu'))].map(([found]) => found.slice(1).toLowerCase()))
  return [...names].flatMap((name) => {
    const named = people.filter((person) => person.name.toLowerCase() === name)
    const known = named.filter(({ id }) => chosen.includes(id))
    return (known.length > 0 ? known : named).map(({ id }) => id)
  })
}

/** Part of a note. */
export type NotePiece =
  { kind: 'text'; text: string } | { kind: 'mention'; text: string } | { kind: 'link'; text: string; href: string }

const LINK = String.raw`(?<![\p{L}\p{N}])(?:https?:\/\/|mailto:)[^\s<>"]+`
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])

/** Splits a note at its links and at the names of the people whom it mentions. */
export function splitNote(text: string, names: readonly string[]): NotePiece[] {
  const pattern = [LINK, mentionPattern(names)].filter((each) => each !== undefined).join('|')
  const pieces: NotePiece[] = []
  let at = 0
  for (const { 0: whole, index } of text.matchAll(new RegExp(pattern, 'giu'))) {
    const found = whole.startsWith('@') ? whole : withoutEnd(whole)
    const url = whole.startsWith('@') ? undefined : URL.parse(found)
    if (!whole.startsWith('@') && !(url && SCHEMES.has(url.protocol))) continue
    if (index > at) pieces.push({ kind: 'text', text: text.slice(at, index) })
    pieces.push(url ? { kind: 'link', text: found, href: url.href } : { kind: 'mention', text: found })
    at = index + found.length
  }
  if (at < text.length) pieces.push({ kind: 'text', text: text.slice(at) })
  return pieces
}

function mentionPattern(names: readonly string[]): string | undefined {
  // The longest first: `@Anna Schmidt` mentions no Anna.
  const all = [...new Set(names)].filter((name) => name.trim() !== '').sort((one, other) => other.length - one.length)
  if (all.length === 0) return undefined
  const escaped = all.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`))
  return String.raw`(?<![\p{L}\p{N}])@(?:${escaped.join('|')})(?![\p{L}\p{N}])`
}

/** Punctuation after an address belongs to the sentence, except a bracket that the address opens. */
function withoutEnd(found: string): string {
  const bracket = found.indexOf('(')
  let end = found.length
  while (end > 0 && /[.,;:!?'")\]}*_]/.test(found[end - 1]!)) {
    if (found[end - 1] === ')' && bracket >= 0 && bracket < end) break
    end--
  }
  return found.slice(0, end)
}
