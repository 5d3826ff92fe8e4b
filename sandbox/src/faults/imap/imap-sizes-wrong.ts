import { defineFault } from '../fault.ts'

const SAID: Record<string, (bytes: number) => number> = {
  nothing: () => 0,
  'a tenth': (bytes) => Math.ceil(bytes / 10),
  'ten times': (bytes) => bytes * 10,
  gigabytes: () => 4_294_967_295,
}

export const imapSizesWrong = defineFault({
  name: 'imap-sizes-wrong',
  title: 'Message sizes are wrong',
  part: 'imap',
  what: 'Exchange estimates RFC822.SIZE. With this fault, the estimate is far off.',
  scopes: ['tenant', 'mailbox'],
  options: {
    size: {
      kind: 'choice',
      title: 'Reported size',
      choices: ['nothing', 'a tenth', 'ten times', 'gigabytes'],
      usual: 'a tenth',
    },
  },
  reveals: ['FETCH of RFC822.SIZE'],
  evidence: '§E.4 ImapEnableExactRFC822Size is off [D]; an error of this size [?]',
  effects: {
    'imap.size': ({ size }) => SAID[size]!,
  },
})
