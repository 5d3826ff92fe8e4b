/** Legal hold of a conversation. */
export const legalHold = {
  act: 'Legal hold…',
  title: 'Legal hold',
  sentence:
    'A legal hold keeps the messages of a conversation. Retention, the erasure of a person and the removal of its mailbox can’t delete them. Agents can still work on it, mark it as spam and delete it: its messages stay.',
  reason: 'Reason',
  reasonHint: 'For example a case number. Everyone with access to the conversation sees it.',
  set: 'Set legal hold',
  change: 'Save reason',
  remove: 'Remove hold',
  notice: 'On legal hold',
  showReason: 'Show the whole reason',
  hideReason: 'Show less',
  setBy: (who: string, time: string) => `Set by ${who}, ${time}`,
  isSet: 'On legal hold',
  isChanged: 'Reason changed',
  isRemoved: 'Legal hold removed',
}
