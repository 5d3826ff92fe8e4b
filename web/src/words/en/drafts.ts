export const drafts = {
  title: 'Drafts',
  noRecipients: '(no recipients)',
  isReply: 'Reply',
  discardOne: (subject: string) => `Discard draft: ${subject}`,
  discarded: (subject: string) => `Draft discarded: ${subject}`,
  empty: {
    title: 'No drafts',
    sentence: 'Messages that you have begun and not sent are kept here, replies among them.',
  },
}
