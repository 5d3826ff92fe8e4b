import { defineFault } from '../fault.ts'

export const imapVariant = defineFault({
  name: 'imap-variant',
  title: 'Different IMAP front end',
  part: 'imap',
  what: 'Greeting and capabilities of the old front end with AUTH=PLAIN, or of a front end with IMAP4rev2.',
  scopes: [],
  options: {
    variant: { kind: 'choice', title: 'Front end', choices: ['classic', 'imap4rev2'], usual: 'classic' },
  },
  reveals: ['the greeting, CAPABILITY'],
  evidence: '§E.3, §E.4 [O]',
  effects: {
    'imap.variant': ({ variant }) => variant,
  },
})
