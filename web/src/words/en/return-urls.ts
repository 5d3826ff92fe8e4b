/** Texts of the addresses to which connect sessions may return. */
export const returnUrls = {
  title: 'Return URLs',
  sentence:
    'Addresses to which a mailbox owner may return after connecting a mailbox for a program. Each has a secret that signs the result.',
  empty: 'No return URLs. Connect sessions end on a page of Postkey.',
  list: 'Return URLs',
  add: 'Add return URL',
  url: 'Address',
  urlHint: 'With https://, or http:// on localhost.',
  match: 'Allows',
  matches: { exact: 'Only this address', prefix: 'This path and everything below it' },
  rotate: 'New secret',
  rotateOf: (url: string) => `New secret for ${url}`,
  bothSign: 'For a day, results are signed with the old secret, too.',
  previousUntil: 'old secret valid until',
  madeTitle: 'Return URL added',
  remove: 'Remove',
  removeOf: (url: string) => `Remove ${url}`,
  removeTitle: (url: string) => `Remove ${url}?`,
  removes: ['The address and its secret. Sessions that would return there end on a page of Postkey.'],
  keeps: ['Connected mailboxes'],
  removeButton: 'Remove return URL',
} as const
