/** Texts of email accounts: the reason why a mailbox uses its protocol, and the test email. */
export const TEXTS = {
  receivesByGraph: 'Default: needs no settings in Exchange.',
  receivesByImap: 'The mail server supports no other protocol for reading.',
  sendsByGraph: 'Default: Postkey can always check if a message was sent.',
  sendsBySmtp: 'The mail server supports no other protocol for sending.',
  chosenByAdmin: 'Selected by an admin.',
  otherClosed: 'The other protocol is unavailable: {reason}.',

  testSubject: 'Postkey: this mailbox can send',
  testText: 'This is a test: {address} can send email. An admin of Postkey requested it. It has no other recipients.\n',
} as const
