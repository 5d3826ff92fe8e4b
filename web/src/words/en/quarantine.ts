/** Messages that could not be parsed in the usual way. */
export const quarantine = {
  link: (count: number | undefined) => (count ? `Unreadable mail (${count})` : 'Unreadable mail'),
  title: 'Unreadable mail',
  sentence:
    'Postkey could read these messages only in part or not at all. The readable part is in the conversation. The original is kept here or on the mail server, and other mail isn’t delayed. After an update, you can read a message again.',
  list: 'Unreadable messages',
  empty: {
    title: 'No unreadable mail',
    sentence: 'Messages that are too large or damaged to read are listed here.',
  },
  noSubject: '(no subject)',
  noSender: 'No sender',
  open: 'Open conversation',
  still: 'Message read again',
  loadMore: 'Load older messages',
  all: 'End of list',
}
