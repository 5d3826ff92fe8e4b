export const figures = {
  conversations: 'Conversations',
  list: 'Mailboxes',
  open: 'Open',
  none: { title: 'No mailbox', sentence: 'Ask an admin of your team to give you access to mailboxes.' },
  noneConnected: {
    title: 'No mailbox connected',
    sentence: 'The state of mailboxes is shown here once they are connected.',
  },
}
