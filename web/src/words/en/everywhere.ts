export const andMore = (count: number) => `${count} more`

export const productName = 'Postkey'
export const copy = 'Copy'
export const copied = 'Copied'
export const cancel = 'Cancel'
export const close = 'Close'
export const save = 'Save'
export const back = 'Back'
export const loading = 'Loading'
export const tryAgain = 'Try again'
/** A count that ends at a maximum. */
export const orMore = (most: string) => `${most} or more`
export const showTyped = 'Show value'
/** Lists in confirmations of destructive actions. */
export const removes = 'Removed'
export const keeps = 'Kept'
export const detailsForSupport = 'Details for support'
/** States of Cloud Providers, sign-ins and Email Accounts. */
export const states = {
  connecting: 'connecting',
  importing: 'importing',
  connected: 'connected',
  degraded: 'degraded',
  'needs-sign-in': 'needs sign-in',
  'needs-admin': 'needs an admin',
  paused: 'paused',
}
/** Instead of the remedy, for a wrong password or code. */
export const typingError = 'Correct your entry and try again.'
/** Sentences by `remedy` of an error. */
export const remedies = {
  wait: 'No action needed. Postkey recovers automatically.',
  'sign-in': 'A user who can open the mailbox must sign in again.',
  admin: 'An admin must act.',
  bug: 'This is a bug in Postkey. Report it with the details for support.',
}
