/** Lines of the check that the application can't read mailboxes beyond those selected for it. */
export const TEXTS = {
  hasForAll: 'The application has {permissions} for every mailbox of the organization',
  hasForAllAsSelected: 'The application has {permissions} for every mailbox of the organization, as selected',
  notChecked: 'Access to other mailboxes wasn’t checked: {reason}',
  notCheckedAt: 'Access to other mailboxes wasn’t checked: {address}: {reason}',
  noMailboxKnown: 'no mailbox to check is known',
  nameMailbox:
    'Enter a mailbox that the application must not read, under "Only these mailboxes" on the page of the Cloud Provider.',
  canRead: 'The application can read {address}, which isn’t connected to Postkey',
  cannotRead: 'The application can’t read {address}, which isn’t connected to Postkey',
} as const
