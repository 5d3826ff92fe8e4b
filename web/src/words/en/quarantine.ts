/** Mail that could not be read like others. */
export const quarantine = {
  link: (count: number | undefined) => (count ? `Unreadable mail (${count})` : 'Unreadable mail'),
  title: 'Mail that could not be read like others',
  sentence:
    'What could be read of it stands in its conversation. It is kept as it came or lies at the server, holds up no other mail, and can be read again after an update.',
  list: 'Messages that could not be read',
  empty: {
    title: 'All mail could be read',
    sentence: 'Messages that are too large, or that no part of Postkey can make sense of, would stand here.',
  },
  noSubject: '(no subject)',
  nobody: 'No sender',
  open: 'Open the conversation',
  still: 'It was read again.',
  loadMore: 'Show older ones',
  all: 'These are all.',
}
