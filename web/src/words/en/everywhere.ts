export const everywhere = {
  productName: 'Postkey',
  copy: 'Copy',
  copied: 'Copied',
  cancel: 'Cancel',
  close: 'Close',
  save: 'Save',
  back: 'Back',
  loading: 'Loading',
  tryAgain: 'Try again',
  showTyped: 'Show value',
  /** Lists in confirmations of destructive actions. */
  removes: 'Removed',
  keeps: 'Kept',
  detailsForSupport: 'Details for support',
  /** States of Cloud Providers, sign-ins and Email Accounts. */
  states: {
    connecting: 'connecting',
    importing: 'importing',
    connected: 'connected',
    degraded: 'degraded',
    'needs-sign-in': 'needs sign-in',
    'needs-admin': 'needs an admin',
    paused: 'paused',
  },
  /** Sentences by `remedy` of an error. */
  remedies: {
    wait: 'No action needed. Postkey recovers automatically.',
    'sign-in': 'A user who can open the mailbox must sign in again.',
    admin: 'An admin must act.',
    bug: 'This is a bug in Postkey. Report it with the details for support.',
  },
}
