/** Properties of a message besides its text, with their actions. */
export const marks = {
  automatic: { reply: 'Automatic reply', generated: 'Generated automatically', bulk: 'Newsletter or list', report: 'Server report' }, // prettier-ignore
  because: (field: string) => `Because of ${field}`,
  receipt: 'Read receipt',
  protection: {
    smime: { signed: 'Signed (S/MIME)', encrypted: 'Encrypted (S/MIME)' },
    pgp: { signed: 'Signed (PGP)', encrypted: 'Encrypted (PGP)' },
  },
  notVerified: 'According to the message. Postkey doesn’t verify signatures or decrypt messages.',
  sender: { check: 'Sender check', pass: 'Sender confirmed', fail: 'Sender not confirmed' },
  senderWarnings: {
    title: 'Check the sender',
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
    title: 'Misleading links',
    sentence: (text: string, host: string) => `“${text}” opens ${host}.`,
    more: (count: number) => `and ${count} more`,
  },
  senderFacts: (facts: readonly (readonly [string, string | undefined])[], domain: string | undefined) =>
    [
      ...facts.flatMap(([name, said]) => (said === undefined ? [] : [`${name}: ${said}`])),
      ...(domain === undefined ? [] : [`for ${domain}`]),
    ].join(' · '),
  senderFails: (domain: string | undefined) =>
    `The receiving server couldn’t confirm that this message is from ${domain ?? 'the given sender'}. If it asks for money, passwords or data, check with the sender over another channel before you reply.`,
  quarantine: {
    title: 'This message could not be read completely',
    reasons: {
      too_big: 'It is too large.',
      too_many_parts: 'It has too many parts.',
      too_deep: 'Its parts are nested too deeply.',
      header_too_big: 'Its header is too long.',
      too_slow: 'Reading it took too long.',
      too_much_memory: 'Reading it took too much memory.',
      unreadable: 'Reading it failed because of a bug in Postkey.',
    },
    kept: 'The readable part is below. The original message is kept, and nothing is lost.',
    readAgain: 'Read again',
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
    why: 'The mail server classified this as spam. It’s shown here because it belongs to this conversation. If it isn’t spam, move it to the inbox in Outlook.',
  },
  source: 'Source',
  bounce: {
    title: (failed: boolean) => (failed ? 'This message was not delivered' : 'This message is delayed'),
    recipient: { failed: 'not delivered', delayed: 'delayed', delivered: 'delivered', relayed: 'forwarded', expanded: 'forwarded to a list' }, // prettier-ignore
    said: (diagnostic: string) => `Server response: ${diagnostic}`,
    toReport: 'Show report',
  },
  invitation: {
    kinds: {
      request: 'Invitation',
      reply: 'Reply to an invitation',
      cancel: 'Canceled',
      publish: 'Event',
      counter: 'New time proposed',
      other: 'Event',
    },
    when: 'When',
    where: 'Location',
    organizer: 'From',
    attendees: 'Invited',
    repeats: 'Repeats',
    more: (count: number) => `and ${count} more`,
    answers: { accepted: 'accepted', declined: 'declined', tentative: 'maybe' } as Readonly<Record<string, string>>,
    untitled: '(no title)',
    inZone: (zone: string) => `in the sender’s time zone, ${zone}`,
    how: 'Accept or decline in the mailbox’s calendar, or reply here.',
  },
  split: {
    title: 'This reply has a different subject',
    sentence: (subject: string) => `“${subject}” may not belong to this conversation.`,
    doSplit: 'Split off',
    keep: 'Keep here',
  },
  splitFrom: {
    act: 'Split here…',
    title: 'Split the conversation',
    sentence: 'Moves messages to a new conversation. Replies to them go there.',
    onlyThis: 'Only this message',
    andLater: (count: number) => `This message and the ${count} after it`,
    confirm: 'Split',
  },
  merge: {
    act: 'Merge…',
    title: 'Merge into another conversation',
    sentence: 'Moves messages, notes and drafts of this conversation to the other one. Replies go there too.',
    search: 'Search conversations of this mailbox',
    none: 'No other conversations found.',
    choose: 'Target conversation',
    confirm: 'Merge',
    merged: 'This conversation was merged into another one.',
    toIt: 'Open it',
  },
}
