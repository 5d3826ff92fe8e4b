/** Moving a conversation to another mailbox. */
export const move = {
  act: 'Move to mailbox…',
  title: 'Move to another mailbox',
  sentence:
    'Agents of the other mailbox see the conversation with its notes and history; others no longer do. Answers are sent from there. The messages stay where they are at the mail server.',
  to: 'Mailbox',
  none: 'No other mailbox found.',
  notify: 'Notify the customer',
  notifyHint: 'Sends a reply from the other mailbox. The conversation then counts as answered.',
  canned: 'Canned response',
  noCanned: 'No canned responses found.',
  files: 'Files of this canned response aren’t sent. To send them, write a reply.',
  text: 'Message',
  otherMailbox: 'Written for another mailbox. Check names and addresses.',
  notNotified: 'Moved, but the customer isn’t notified yet',
  perhapsNotified: 'Moved, but it isn’t known if the customer is notified',
  earlierSent: {
    title: 'Moved, but an earlier version of this notice is already being sent',
    fix: 'The server accepted it, but the response was lost. Your changes since then were not sent.',
  },
  nothingToAnswer: {
    title: 'No message to reply to',
    fix: 'Move the conversation without a notice, then write to the customer.',
  },
  confirm: 'Move',
  moved: (address: string) => `Moved to ${address}`,
  elsewhere: 'another mailbox',
}
