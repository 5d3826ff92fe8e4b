/**
 * Suggested recipients from answers of the server. A complete answer also has those of longer input, so that typing on
 * sends no request.
 */
import type { Address } from '../../../api/client.ts'
import { withRecipients } from './recipients.ts'

/** Addresses requested at once. An answer with fewer has all. */
export const MOST_FETCHED = 20
const MOST_SHOWN = 8

/** Addresses found for typed words, in the order of the server. */
export interface SuggestionAnswer {
  searched: string
  found: readonly Address[]
}

/** Words as the server compares them: their beginnings, in any order. */
export function searchedWords(typed: string): string[] {
  return typed
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** True if the answers have every address that the server would find. */
export function isAnswered(words: readonly string[], answers: readonly SuggestionAnswer[]): boolean {
  return answers.some(
    ({ searched, found }) =>
      searched === words.join(' ') || (found.length < MOST_FETCHED && fits(searched.split(' '), words)),
  )
}

/** Those of `participants` and of earlier mail that fit the words, participants first, without those in `present`. */
export function suggest(
  words: readonly string[],
  answers: readonly SuggestionAnswer[],
  { participants, present }: Readonly<Record<'participants' | 'present', readonly Address[]>>,
): Address[] {
  const useful = answers
    .filter(({ searched }) => fits(searched.split(' '), words))
    .sort((one, other) => other.searched.length - one.searched.length)
  const known = words.length === 0 ? participants : [...participants, ...useful.flatMap(({ found }) => found)]
  const fitting = known.filter(({ name, address }) => fits(words, searchedWords(`${name} ${address}`)))
  return withRecipients(present, fitting).slice(present.length, present.length + MOST_SHOWN)
}

/** True if each of the beginnings begins one of the words. */
function fits(beginnings: readonly string[], words: readonly string[]): boolean {
  return beginnings.every((beginning) => words.some((word) => word.startsWith(beginning)))
}
