import { defineFault } from '../fault.ts'

const FIRST_UID: Record<string, number> = {
  'from one': 1,
  'the same place higher': 100_001,
  // The maximum UID is 4294967295.
  'near the end': 4_294_967_200,
}

export const imapUidValidity = defineFault({
  name: 'imap-uid-validity',
  title: 'UIDVALIDITY changes',
  part: 'imap',
  what: 'The mailbox was moved or restored, so all messages have new UIDs. The client must read the folder again without creating duplicates.',
  scopes: ['tenant', 'mailbox'],
  options: {
    numbers: {
      kind: 'choice',
      title: 'New UIDs',
      choices: ['from one', 'the same place higher', 'near the end'],
      usual: 'from one',
    },
  },
  reveals: ['SELECT, EXAMINE, STATUS; once per folder'],
  evidence: 'RFC 3501 §2.3.1.1',
  effects: {
    'imap.renumbered': ({ numbers }, { since }) => ({ since, firstUid: FIRST_UID[numbers]! }),
  },
})
