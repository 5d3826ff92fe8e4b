/** Conditions of a query, and values of an operator. */
export const MOST_TERMS = 20

/** A part of a query, not checked yet. */
export interface QueryPart {
  /** As it was typed. */
  term: string
  isNegated: boolean
  /** Letters before a colon, in lower case. */
  operator: string | undefined
  value: string
  isPhrase: boolean
}

const OPERATOR = /^([a-z-]{2,20}):/i

/** Splits a query at its spaces, except in quotation marks. A quotation that is not closed ends with the query. */
export function splitQuery(query: string): QueryPart[] {
  const text = query.replaceAll(/[“”„]/g, '"')
  const parts: QueryPart[] = []
  let at = 0
  for (;;) {
    while (at < text.length && /\s/.test(text[at]!)) at++
    if (at >= text.length) return parts
    const start = at
    const isNegated = text[at] === '-' && /[^\s-]/.test(text[at + 1] ?? ' ')
    if (isNegated) at++
    const operator = OPERATOR.exec(text.slice(at, at + 24))?.[1]?.toLowerCase()
    if (operator !== undefined) at += operator.length + 1
    const isPhrase = text[at] === '"'
    let value: string
    if (isPhrase) {
      const end = text.indexOf('"', at + 1)
      value = text.slice(at + 1, end < 0 ? text.length : end)
      at = end < 0 ? text.length : end + 1
    } else {
      const from = at
      while (at < text.length && !/\s/.test(text[at]!)) at++
      value = text.slice(from, at)
    }
    parts.push({ term: text.slice(start, at), isNegated, operator, value, isPhrase })
  }
}
