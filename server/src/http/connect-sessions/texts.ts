/** Texts of the result page of a connect session. */
export const TEXTS = {
  connected: 'Mailbox connected',
  importing:
    'Its mail is being imported. You or an admin of your organization can withdraw the permission at Microsoft at any time.',
  connecting: 'Signed in. The mailbox is being connected',
  connectedSoon: 'This takes a few minutes and needs nothing from you.',
  askAgain: 'The sign-in worked, but the mailbox wasn’t connected. Ask {name} for a new link once this is fixed.',
  back: 'Back to {name}',
} as const
