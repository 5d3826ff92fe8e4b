import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { AppError } from '../kernel/errors.ts'
import type { Secret } from '../kernel/secret.ts'

export const MIN_PASSWORD_LENGTH = 12
export const MAX_PASSWORD_LENGTH = 128

/** "Safely unguessable": at least 10^8 guesses by the estimate of zxcvbn. */
const LEAST_SCORE = 3
/** Characters that are estimated: the time grows with the square of the length. */
const ESTIMATED_LENGTH = 40
/** Characters that must be left of a password without the words of its owner. */
const LEAST_OTHER_LENGTH = 8
const SHORTEST_WORD = 3

export interface PasswordOwner {
  email?: string | null | undefined
  name?: string | null | undefined
}

/**
 * Refuses a password that is short, common, or made of the owner's own name or address, without asking another server.
 *
 * @throws {AppError} `people.password_refused`, `people.password_personal` or `people.password_common`
 */
export async function refuseWeakPassword(password: Secret, owner: PasswordOwner): Promise<void> {
  refuseLength(password)
  const text = password.reveal()
  const words = wordsOf(owner)
  if (isPersonal(text, words)) throw new AppError('people.password_personal', { field: 'password' })
  const { score } = (await estimator()).check(text, ['postkey', ...words])
  if (score < LEAST_SCORE) throw new AppError('people.password_common', { field: 'password' })
}

/** The part of the rules that needs no owner. */
export function refuseLength(password: Secret): void {
  const { length } = password.reveal()
  if (length < MIN_PASSWORD_LENGTH || length > MAX_PASSWORD_LENGTH) {
    throw new AppError('people.password_refused', { field: 'password' })
  }
}

/** Parts of name and address, longest first: `ada.lovelace`, `lovelace`, `contoso`, `ada`. */
function wordsOf({ email, name }: PasswordOwner): string[] {
  const parts = [email, name].filter((each) => typeof each === 'string').map((each) => each.toLowerCase())
  const words = parts.flatMap((part) => [part, ...part.split('@'), ...part.split(/[^\p{L}\p{N}]+/u)])
  return [...new Set(words)].filter(({ length }) => length >= SHORTEST_WORD).sort((a, b) => b.length - a.length)
}

function isPersonal(password: string, words: readonly string[]): boolean {
  const whole = password.toLowerCase()
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), whole)
  return rest !== whole && rest.replaceAll(/[^\p{L}\p{N}]/gu, '').length < LEAST_OTHER_LENGTH
}

let loading: Promise<ZxcvbnFactory> | undefined

/** Loads the lists (25 MB of memory) with the first password that is set. */
function estimator(): Promise<ZxcvbnFactory> {
  loading ??= Promise.all([import('@zxcvbn-ts/core'), import('@zxcvbn-ts/language-common')]).then(
    ([{ ZxcvbnFactory: Factory }, { adjacencyGraphs, dictionary }]) =>
      new Factory({ dictionary, graphs: adjacencyGraphs, maxLength: ESTIMATED_LENGTH }),
  )
  return loading
}
