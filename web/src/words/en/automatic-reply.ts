/** The acknowledgement with which a mailbox answers new mail by itself. */
export const automaticReply = {
  title: 'Automatic reply',
  off: 'Off. Nothing is answered by itself.',
  on: 'On. New mail is answered by:',
  always: 'At any time.',
  hours: (answers: 'within' | 'outside', from: string, to: string, timeZone: string) =>
    `${answers === 'within' ? 'Only' : 'Except'} from ${from} to ${to} (${timeZone}).`,
  since: 'Mail that came since',
  guards:
    'A sender gets it once a day and a conversation once; nobody gets it for automatic mail, newsletters, bounces and noreply addresses, and no mailbox of this Postkey does. A mailbox sends 60 an hour at most.',
  change: 'Change',
  form: {
    title: 'Automatic reply',
    isOn: 'Answer new mail by itself',
    subject: 'Subject',
    text: 'Text',
    placeholders: '{name}, {subject} and {mailbox} are filled in.',
    when: 'When',
    whens: { always: 'At any time', within: 'In these hours', outside: 'Outside these hours' },
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
    text: 'Hello {name},\n\nthank you for your mail. We have got it and will answer as soon as we can.\n\n{mailbox}',
  },
}
