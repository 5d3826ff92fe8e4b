/** Reasons why a mailbox uses its protocol. */
export const TEXTS = {
  receivesByGraph: 'Graph comes first: in Exchange nothing has to be switched on for it.',
  receivesByImap: 'The mail server offers no other way to read.',
  sendsByGraph: 'Graph comes first: what became of a message can always be found out.',
  sendsBySmtp: 'The mail server offers no other way to send.',
  chosenByAdmin: 'An admin chose it.',
  otherClosed: 'The other way is closed: {reason}.',
} as const
