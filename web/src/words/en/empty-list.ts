/** Reason and first step of an empty list of conversations. */
export const emptyList = {
  noAccount: {
    admin: { title: 'No mailbox connected', sentence: 'Connect your first mailbox. Its mail then appears here.' },
    agent: {
      title: 'You don’t have a mailbox yet',
      sentence: 'An admin of Postkey can give you access to mailboxes under People.',
    },
  },
  importing: { title: 'Importing mail', sentence: 'Messages appear here as they arrive, newest first.' },
  search: {
    title: 'No results',
    sentence: 'Search finds all words, from their beginning, in subjects, people, text, notes and names of files.',
  },
  open: { title: 'No open conversations', sentence: 'New mail appears here automatically. See Closed for the rest.' },
  mine: {
    title: 'No conversations assigned to you',
    sentence: 'Open Unassigned and press i to take a conversation.',
  },
  unassigned: { title: 'No unassigned conversations', sentence: 'Every open conversation is assigned.' },
  'needs-reply': {
    title: 'Every customer has an answer',
    sentence: 'Open conversations whose last message is from the customer appear here.',
  },
  mentions: {
    title: 'No mentions of you',
    sentence: 'Conversations appear here when a colleague writes @ and your name in a note.',
  },
  waiting: {
    title: 'Nothing waits for a customer',
    sentence: 'Press w while a conversation waits for the customer. Their answer opens it.',
  },
  snoozed: {
    title: 'No snoozed conversations',
    sentence: 'Press b to hide a conversation until a time. An answer opens it earlier.',
  },
  closed: {
    title: 'No closed conversations yet',
    sentence: 'Press e to close a conversation when it’s done. A reply reopens it.',
  },
  all: { title: 'No mail yet', sentence: 'New mail appears here automatically.' },
  sent: {
    title: 'Nothing sent yet',
    sentence: 'Conversations in which a mailbox has sent a message appear here, the latest one first.',
  },
  spam: {
    title: 'No spam',
    sentence: 'Press ! to mark a conversation as spam. It then stays out of every other view.',
  },
  deleted: {
    title: 'No deleted conversations',
    sentence: 'Press # to delete a conversation. It stays here until you restore it or the customer writes again.',
  },
}
