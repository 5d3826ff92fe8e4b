/**
 * Handles the end of a session, wherever it is detected: a query, an automatic save, an upload. Scenes don't have to
 * handle it, and users can't keep writing into a page that saves nothing.
 */
import type { Problem } from './generated/types.gen.ts'

let listener: () => void = () => undefined
let factorListener: () => void = () => undefined

export function onSignedOut(called: () => void): void {
  listener = called
}

/** Called when a second factor has become due: the session may only add one. */
export function onFactorRequired(called: () => void): void {
  factorListener = called
}

let hasEnded = false

/** `true` when the session ended on this page, until the next sign-in. */
export const sessionHasEnded = (): boolean => hasEnded

export function noteSession(is: 'ended' | 'begun'): void {
  hasEnded = is === 'ended'
}

/** Handles every failed request. */
export function noticeSignedOut({ code }: Problem): void {
  if (code === 'http.not_signed_in') listener()
  if (code === 'people.factor_required') factorListener()
}
