/** Names of the API that a machine can check: paths, fields, parameters, operations and enum values of `openapi.json`. */

import { type BannedTerm, BANNED_TERMS } from './rules.ts'

/** Banned as a name; as prose, each has an ordinary use. */
const BANNED_NAMES: readonly BannedTerm[] = [
  { pattern: /\bwish(?:es|ed)?\b/i, instead: 'request' },
  { pattern: /\bwanted\b/i, instead: 'requested' },
  { pattern: /\b(?:tells?|told|hears?|heard)\b/i, instead: 'notify, notified' },
  { pattern: /\b(?:lights?|looks?|looked)\b/i, instead: 'check, preview' },
  { pattern: /\bstand by\b|\bstands by\b/i, instead: 'backup sign-in' },
  { pattern: /\bends (?:at|on|unused)\b|\bend read\b|\bend dates?\b/i, instead: 'expires, expiry date' },
  { pattern: /\b(?:turns?|fences?)\b/i, instead: 'lease, fencing token' },
  { pattern: /\btroubles?\b/i, instead: 'fault, incident' },
  { pattern: /\b(?:began|begun)\b/i, instead: 'started' },
]

/** RFC 5545 has a DTEND: the end of a meeting is its end, not an expiry. */
const ALLOWED: readonly string[] = ['Marks.invitation.endsAt']

export interface ApiName {
  /** Where it stands: path of JSON keys, without `properties` and the like. */
  at: string
  name: string
}

/** Every path, field, parameter, operation id, schema name and enum value of an OpenAPI document. */
export function apiNames(document: unknown): ApiName[] {
  const names: ApiName[] = []
  const add = (at: readonly string[], name: unknown) => {
    if (typeof name === 'string') names.push({ at: [...at, name].join('.'), name })
  }
  const visit = (value: unknown, at: readonly string[], isMap: boolean): void => {
    if (Array.isArray(value)) {
      for (const each of value) visit(each, at, false)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const node = value as Record<string, unknown>
    if (!isMap) {
      for (const each of Array.isArray(node['enum']) ? (node['enum'] as unknown[]) : []) add(at, each)
      for (const key of ['const', 'operationId']) add(at, node[key])
      if ('in' in node) add(at, node['name'])
    }
    for (const [key, child] of Object.entries(node)) {
      const opensMap = !isMap && MAPS.has(key)
      if (isMap) add(at, key)
      visit(child, isMap ? [...at, key] : at, opensMap)
    }
  }
  visit(document, [], false)
  return names
}

/** Keys whose values map names of ours to something. */
const MAPS: ReadonlySet<string> = new Set(['paths', 'properties', 'schemas'])

/** The names with a banned term, each with the term to write instead. */
export function bannedApiNames(document: unknown): string[] {
  const complaints: string[] = []
  for (const { at, name } of apiNames(document)) {
    if (ALLOWED.includes(at)) continue
    const words = wordsOf(name)
    const term = [...BANNED_TERMS, ...BANNED_NAMES].find(({ pattern }) => pattern.test(words))
    if (term) complaints.push(`${at}: write ${term.instead}`)
  }
  return [...new Set(complaints)]
}

/** `standByFor`, `stand-by` and `stand_by` become words with spaces. */
function wordsOf(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[^A-Za-z0-9]+/g, ' ')
}
