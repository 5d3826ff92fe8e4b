/**
 * When a session has ended, whatever found it: a query, a draft that saves itself, an upload. No scene has to think of
 * it, and nobody goes on writing into a page that cannot keep anything.
 */
import type { Problem } from './generated/types.gen.ts'

let listener: () => void = () => undefined

export function onSignedOut(called: () => void): void {
  listener = called
}

let hasEnded = false

/** Whether somebody worked here until the session ended, and has not signed in since. */
export const sessionHasEnded = (): boolean => hasEnded

export function noteSession(is: 'ended' | 'begun'): void {
  hasEnded = is === 'ended'
}

/** Every failed request comes by here. */
export function noticeSignedOut({ code }: Problem): void {
  if (code === 'http.not_signed_in') listener()
}
