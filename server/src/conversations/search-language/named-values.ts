import type { Result, SearchContext } from './search-terms.ts'
import { MOST_TERMS, type QueryPart } from './split-query.ts'
import { fill, TEXTS } from './texts.ts'

/** Names that a problem lists. */
const MOST_NAMED = 10
/** Stands for a name that no person has. */
const UNKNOWN_PERSON = ''

/** People by name, word of a name or address; `me` and `none`. */
export function readAssignee(part: QueryPart, { me, people = [] }: SearchContext): Result {
  const ids = valuesOf(part).flatMap((one): (string | null)[] => {
    if (one === 'none') return [null]
    if (one === 'me' && me !== undefined) return [me]
    const exact = people.filter(({ name, email }) => [name, email].some((each) => each.toLowerCase() === one))
    const found = exact.length > 0 ? exact : people.filter(({ name, email }) => isNamed(one, name, email))
    return found.length > 0 ? found.map(({ id }) => id) : [UNKNOWN_PERSON]
  })
  if (ids.length === 0 || ids.includes(UNKNOWN_PERSON)) return { title: TEXTS.noPerson, fix: TEXTS.noPersonFix }
  return { terms: [{ kind: 'assignee', ids, isNegated: part.isNegated }] }
}

export function readAccount(part: QueryPart, { accounts = [] }: SearchContext): Result {
  const values = valuesOf(part)
  const found = values.map((one) => {
    const exact = accounts.filter(({ key, address }) => [key, address].some((each) => each.toLowerCase() === one))
    return exact.length > 0 ? exact : accounts.filter(({ name, address }) => isNamed(one, name, address))
  })
  if (found.length === 0 || found.some((some) => some.length === 0)) {
    const known = accounts.slice(0, MOST_NAMED).map(({ key }) => key)
    return { title: TEXTS.noMailbox, fix: fill(TEXTS.noMailboxFix, { values: known.join(', ') || '–' }) }
  }
  return { terms: [{ kind: 'mailbox', ids: found.flat().map(({ id }) => id), isNegated: part.isNegated }] }
}

/** Tags by name or word of a name; `none` stands for conversations without a tag. */
export function readTag(part: QueryPart, { tags = [] }: SearchContext): Result {
  const values = valuesOf(part)
  const isNone = (one: string) => one === 'none' && !part.isPhrase
  const found = values.map((one) => {
    if (isNone(one)) return []
    const exact = tags.filter(({ name }) => name.toLowerCase() === one)
    return exact.length > 0 ? exact : tags.filter(({ name }) => isNamed(one, name))
  })
  if (values.length === 0 || found.some((some, n) => some.length === 0 && !isNone(values[n]!))) {
    const known = tags.slice(0, MOST_NAMED).map(({ name }) => name)
    return { title: TEXTS.noTag, fix: fill(TEXTS.noTagFix, { values: known.join(', ') || '–' }) }
  }
  const ids = [...new Set(found.flat().map(({ id }) => id))]
  // Conversations keep the ids of deleted tags, so being without a tag means having none of the current ones.
  const untaggedBy = values.some(isNone) ? tags.map(({ id }) => id) : undefined
  return { terms: [{ kind: 'tag', ids, untaggedBy, isNegated: part.isNegated }] }
}

/** True if a name, one of its words, or an address begins with a text. */
function isNamed(begin: string, name: string, address = ''): boolean {
  const lower = name.toLowerCase()
  return [lower, ...lower.split(/\s+/), address.toLowerCase()].some((each) => each.startsWith(begin))
}

/** Alternatives, separated by commas or bars, in lower case. A quotation is one value. */
export function valuesOf({ value, isPhrase }: QueryPart): string[] {
  const lower = value.trim().toLowerCase()
  const values = isPhrase ? [lower] : lower.replaceAll(/^\(|\)$/g, '').split(/[,|]/)
  return values.filter((one) => one !== '').slice(0, MOST_TERMS)
}
