import { defineFault } from '../fault.ts'

export const smtpNoAuth = defineFault({
  name: 'smtp-no-auth',
  title: 'SMTP offers no sign-in',
  part: 'smtp',
  what: 'The front end does not offer AUTH or XOAUTH2. Possible causes: a proxy in between, or a misconfigured front end.',
  scopes: [],
  options: { missing: { kind: 'choice', title: 'Not offered', choices: ['AUTH', 'XOAUTH2'], usual: 'AUTH' } },
  reveals: ['EHLO'],
  evidence: '§E.5; fault of an intermediate system',
  effects: { 'smtp.ehlo': ({ missing }) => ({ without: [missing] }) },
})
