import type { Sandbox } from './sandbox.ts'
import { PASSWORD } from './tenants/index.ts'

/** Text printed after the start: addresses, users and mailboxes. */
export function startedBlock(
  { addresses, mailServers, directory }: Pick<Sandbox, 'addresses' | 'mailServers' | 'directory'>,
  dataFolder: string,
): string {
  const { people } = directory
  const lines = [
    '',
    '  A Microsoft 365 on your desk',
    '',
    `  Start here          ${addresses.controlPanel}`,
    `  Portal              ${addresses.portal}   App registrations, users, mailboxes`,
    `  Sign-in (Entra ID)  ${addresses.login}`,
    `  Microsoft Graph     ${addresses.graph}/v1.0`,
    `  IMAP                ${mailServers.imap.host}:${mailServers.imap.port}   without TLS, with an access token (XOAUTH2)`,
    `  SMTP                ${mailServers.smtp.host}:${mailServers.smtp.port}   with or without STARTTLS, with an access token (XOAUTH2)`,
    `  Authenticator       ${addresses.controlPanel}/authenticator   codes for people with MFA`,
    `  World outside       ${addresses.controlPanel}/outside   write as a customer, read the answers`,
    '',
    `  People (everybody's password: ${PASSWORD})`,
  ]
  for (const tenant of people.listTenants()) {
    lines.push(`    ${tenant.displayName}  ${tenant.domains[0] ?? ''}  ${tenant.id}`)
    for (const user of people.listUsers(tenant.id)) {
      const mailbox = people.findMailbox(user.id)
      if (mailbox?.kind === 'shared') continue
      const traits = [
        user.globalAdministrator && 'Global Administrator',
        user.mfaSecret !== undefined && 'MFA',
        user.userType === 'Guest' && 'guest, signs in at home',
      ].filter(Boolean)
      lines.push(
        `      ${(user.mail ?? user.userPrincipalName).padEnd(26)} ${user.displayName.padEnd(16)} ${traits.join(', ')}`.trimEnd(),
      )
    }
  }
  lines.push('', '  Shared mailboxes')
  for (const { userId, kind } of people.listMailboxes()) {
    if (kind !== 'shared') continue
    const rights = people
      .listRights(userId)
      .map(({ trusteeId, right }) => `${people.findUser(trusteeId)?.displayName ?? 'an application'}: ${RIGHTS[right]}`)
    lines.push(`      ${(people.getUser(userId).mail ?? '').padEnd(26)} ${rights.join(' · ')}`)
  }
  lines.push('', `  Kept in ${dataFolder}; delete that folder to begin anew. Ctrl-C ends it.`, '')
  return lines.join('\n')
}

const RIGHTS = { FullAccess: 'Full Access', SendAs: 'Send As', SendOnBehalf: 'Send on Behalf' }
