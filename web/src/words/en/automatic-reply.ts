/** Automatic acknowledgement of new mail. */
export const automaticReply = {
  title: 'Automatic reply',
  off: 'Off. New mail gets no automatic reply.',
  on: 'On. New mail gets this reply:',
  always: 'At any time.',
  hours: (answers: 'within' | 'outside', from: string, to: string, timeZone: string) =>
    `${answers === 'within' ? 'Only' : 'Except'} from ${from} to ${to} (${timeZone}).`,
  since: 'For mail received since',
  guards:
    'At most one reply per sender a day and one per conversation. No replies to automatic mail, newsletters, bounces, noreply addresses and mailboxes connected to this Postkey. At most 60 replies an hour per mailbox.',
  change: 'Change',
  form: {
    title: 'Automatic reply',
    isOn: 'Reply to new mail automatically',
    subject: 'Subject',
    text: 'Text',
    placeholders: '{name}, {subject} and {mailbox} are replaced.',
    when: 'When',
    whens: { always: 'At any time', within: 'During these hours', outside: 'Outside these hours' },
    days: 'Days',
    dayNames: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
    from: 'From',
    to: 'To',
    timeZone: 'Time zone',
    save: 'Save',
    saved: 'Saved',
  },
  beginning: {
    subject: 'Re: {subject}',
    text: 'Hello {name},\n\nThank you for your message. We have received it and will reply as soon as we can.\n\n{mailbox}',
  },
}
