/** What a message is besides its text, and what can be done about it. */
export const marks = {
  automatic: { reply: 'Automatic answer', generated: 'Written by a program', bulk: 'Newsletter or list', report: 'Report of a server' }, // prettier-ignore
  because: (field: string) => `Because of ${field}`,
  receipt: 'Read receipt',
  protection: {
    smime: { signed: 'Signed (S/MIME)', encrypted: 'Encrypted (S/MIME)' },
    pgp: { signed: 'Signed (PGP)', encrypted: 'Encrypted (PGP)' },
  },
  notVerified: 'Shown as what it says it is. Postkey verifies no signature and decrypts nothing.',
  sender: { check: 'Sender check', pass: 'Sender confirmed', fail: 'Sender not confirmed' },
  senderWarnings: {
    title: 'Check who sent this',
    sentences: {
      several_senders: (all: string) => `The message names several senders: ${all}. None of them is confirmed.`,
      name_shows_address: (shown: string, from: string) =>
        `The sender’s name contains ${shown}, but the address is ${from}.`,
      lookalike_domain: (domain: string) =>
        `The domain ${domain} has letters that look like others. It can imitate a domain you know.`,
      reply_to_elsewhere: (replyTo: string, from: string) =>
        `Replies go to ${replyTo}, a different organization than ${from}.`,
    },
  },
  misleadingLinks: {
    title: 'Links lead somewhere else',
    sentence: (text: string, host: string) => `“${text}” opens ${host}.`,
    more: (count: number) => `and ${count} more`,
  },
  senderFacts: (facts: readonly (readonly [string, string | undefined])[], domain: string | undefined) =>
    [
      ...facts.flatMap(([name, said]) => (said === undefined ? [] : [`${name}: ${said}`])),
      ...(domain === undefined ? [] : [`for ${domain}`]),
    ].join(' · '),
  senderFails: (domain: string | undefined) =>
    `The receiving server could not confirm that this came from ${domain ?? 'where it says'}. Answer nothing that asks for money, passwords or data before you have asked on another way.`,
  quarantine: {
    title: 'This message could not be read like others',
    reasons: {
      too_big: 'It is bigger than what is read.',
      too_many_parts: 'It has more parts than mail has.',
      too_deep: 'Its parts are nested deeper than mail is.',
      header_too_big: 'Its header is longer than that of mail.',
      too_slow: 'Reading it took too long.',
      too_much_memory: 'Reading it took too much memory.',
      unreadable: 'Reading it failed, which is a mistake of Postkey.',
    },
    kept: 'What could be read is below. The message is kept as it came, and nothing is lost.',
    readAgain: 'Read it again',
  },
  replaced: {
    title: 'The mail server replaced the content of this message',
    why: 'Some servers deliver a placeholder while they scan an attachment. The current content is below.',
    earlier: 'Earlier content, replaced',
    file: (name: string, size: string) => `${name} (${size})`,
    text: (preview: string) => (preview === '' ? 'no text' : `“${preview}”`),
  },
  junk: {
    title: 'In Junk',
    why: 'The mail server took this for spam. It is shown because it belongs to this conversation; move it to the inbox in Outlook if it is none.',
  },
  source: 'Source',
  bounce: {
    title: (failed: boolean) => (failed ? 'This message did not arrive' : 'This message is late'),
    recipient: { failed: 'not delivered', delayed: 'delayed', delivered: 'delivered', relayed: 'passed on', expanded: 'passed on to a list' }, // prettier-ignore
    said: (diagnostic: string) => `The other server said: ${diagnostic}`,
    toReport: 'To the report',
  },
  invitation: {
    kinds: {
      request: 'Invitation',
      reply: 'Answer to an invitation',
      cancel: 'Called off',
      publish: 'Event',
      counter: 'Another time is proposed',
      other: 'Event',
    },
    when: 'When',
    where: 'Where',
    organizer: 'From',
    attendees: 'Invited',
    repeats: 'Repeats',
    more: (count: number) => `and ${count} more`,
    answers: { accepted: 'accepted', declined: 'declined', tentative: 'maybe' } as Readonly<Record<string, string>>,
    untitled: '(no title)',
    inZone: (zone: string) => `in ${zone} by the sender`,
    how: 'Accept or decline in the calendar of the mailbox, or answer here in words.',
  },
  split: {
    title: 'This answer has a subject of its own',
    sentence: (subject: string) => `“${subject}” may be another matter than the rest of the conversation.`,
    doSplit: 'Make it a conversation of its own',
    keep: 'Leave it here',
  },
  splitFrom: {
    act: 'Split here…',
    title: 'Make a conversation of its own',
    sentence: 'This message and what came after it become a conversation of their own. Answers to them go there.',
    onlyThis: 'Only this message',
    andLater: (count: number) => `This message and the ${count} after it`,
    confirm: 'Split',
  },
  merge: {
    act: 'Merge…',
    title: 'Merge into another conversation',
    sentence: 'Messages, notes and drafts of this conversation go into the other one, and answers follow.',
    search: 'Search conversations of this mailbox',
    none: 'No other conversation is found.',
    choose: 'Into which conversation',
    confirm: 'Merge',
    merged: 'This conversation is part of another one now.',
    toIt: 'Open it',
  },
}
