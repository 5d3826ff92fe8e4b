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
  showTyped: 'Show what is typed',
  /** Beforehand, of what destroys. */
  goes: 'What goes',
  stays: 'What stays',
  detailsForSupport: 'Details for support',
  /** Of providers, grants and email accounts. */
  states: {
    connecting: 'connecting',
    importing: 'importing',
    connected: 'connected',
    degraded: 'degraded',
    'needs-sign-in': 'needs sign-in',
    'needs-admin': 'needs an admin',
    paused: 'paused',
  },
  /** Who can end a failure. */
  remedies: {
    wait: 'Nobody needs to act: it ends by itself.',
    'sign-in': 'Somebody who may open the mailbox needs to sign in again.',
    admin: 'An admin needs to act.',
    bug: 'This is a defect of Postkey. Report it with the details for support.',
  },
}
