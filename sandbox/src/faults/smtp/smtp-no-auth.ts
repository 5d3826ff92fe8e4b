import { defineFault } from '../fault.ts'

export const smtpNoAuth = defineFault({
  name: 'smtp-no-auth',
  title: 'SMTP offers no sign-in',
  part: 'smtp',
  what: 'The front end offers no AUTH, or no XOAUTH2: a proxy in between, or one that is set up wrongly.',
  scopes: [],
  options: { missing: { kind: 'choice', title: 'Not offered', choices: ['AUTH', 'XOAUTH2'], usual: 'AUTH' } },
  reveals: ['EHLO'],
  evidence: '§E.5; a fault of what stands in between',
  effects: { 'smtp.ehlo': ({ missing }) => ({ without: [missing] }) },
})
