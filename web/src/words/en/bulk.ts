const conversations = (count: number) =>
  count === 1 ? '1 conversation' : `${count.toLocaleString('en')} conversations`

export const bulk = {
  label: 'Selected conversations',
  selected: (count: number) => `${count.toLocaleString('en')} selected`,
  wholeView: (most: number) => `All in this view, up to ${most.toLocaleString('en')}`,
  selectAll: 'Select all in this view',
  clear: 'Clear selection',
  close: 'Close',
  reopen: 'Reopen',
  assign: 'Assign',
  wait: 'Wait',
  snooze: 'Snooze',
  tag: 'Tags',
  move: 'Move',
  seen: 'Mark as read',
  spam: 'Spam',
  notSpam: 'Not spam',
  delete: 'Delete',
  restore: 'Restore',
  progress: (count: number) => `${conversations(count)} so far. You can keep working.`,
  stop: 'Stop',
  done: {
    close: (count: number) => `Closed ${conversations(count)}.`,
    reopen: (count: number) => `Reopened ${conversations(count)}.`,
    wait: (count: number) => `${conversations(count)} set to waiting.`,
    snooze: (count: number) => `Snoozed ${conversations(count)}.`,
    assign: (count: number) => `Assigned ${conversations(count)}.`,
    tag: (count: number) => `Changed the tags of ${conversations(count)}.`,
    'mark-seen': (count: number) => `Marked ${conversations(count)} as read.`,
  },
  placed: {
    spam: (count: number) => `Marked ${conversations(count)} as spam.`,
    deleted: (count: number) => `Deleted ${conversations(count)}.`,
    inbox: (count: number) => `Moved ${conversations(count)} to the inbox.`,
  },
  moveSentence:
    'Agents of the other mailbox see the conversations with their notes and history; others no longer do. Answers are sent from there. The messages stay where they are at the mail server.',
  moveUnnoticed: 'Customers aren’t notified.',
  moved: (count: number, address: string) => `Moved ${conversations(count)} to ${address}.`,
  movedBefore: (count: number) => `${conversations(count)} already there.`,
  refused: (count: number, reason: string) => `${conversations(count)} not changed: ${reason}.`,
}
