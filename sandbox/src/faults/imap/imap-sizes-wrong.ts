import { defineFault } from '../fault.ts'

const SAID: Record<string, (bytes: number) => number> = {
  nothing: () => 0,
  'a tenth': (bytes) => Math.ceil(bytes / 10),
  'ten times': (bytes) => bytes * 10,
  gigabytes: () => 4_294_967_295,
}

export const imapSizesWrong = defineFault({
  name: 'imap-sizes-wrong',
  title: 'Sizes are wrong',
  part: 'imap',
  what: 'RFC822.SIZE is an estimate at Exchange; here it is far off.',
  scopes: ['tenant', 'mailbox'],
  options: {
    size: {
      kind: 'choice',
      title: 'Said',
      choices: ['nothing', 'a tenth', 'ten times', 'gigabytes'],
      usual: 'a tenth',
    },
  },
  reveals: ['FETCH of RFC822.SIZE'],
  evidence: '§E.4 ImapEnableExactRFC822Size is off [D]; so far off [?]',
  effects: {
    'imap.size': ({ size }) => SAID[size]!,
  },
})
