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
    '  Local Microsoft 365 sandbox',
    '',
    `  Start here          ${addresses.controlPanel}`,
    `  Portal              ${addresses.portal}   App registrations, users, mailboxes`,
    `  Sign-in (Entra ID)  ${addresses.login}`,
    `  Microsoft Graph     ${addresses.graph}/v1.0`,
    `  IMAP                ${mailServers.imap.host}:${mailServers.imap.port}   without TLS, with an access token (XOAUTH2)`,
    `  SMTP                ${mailServers.smtp.host}:${mailServers.smtp.port}   with or without STARTTLS, with an access token (XOAUTH2)`,
    `  Authenticator       ${addresses.controlPanel}/authenticator   codes for users with MFA`,
    `  External mail       ${addresses.controlPanel}/outside   write as a customer, read the replies`,
    '',
    `  Users (password of all users: ${PASSWORD})`,
  ]
  for (const tenant of people.listTenants()) {
    lines.push(`    ${tenant.displayName}  ${tenant.domains[0] ?? ''}  ${tenant.id}`)
    for (const user of people.listUsers(tenant.id)) {
      const mailbox = people.findMailbox(user.id)
      if (mailbox?.kind === 'shared') continue
      const traits = [
        user.globalAdministrator && 'Global Administrator',
        user.mfaSecret !== undefined && 'MFA',
        user.userType === 'Guest' && 'guest, signs in with the home account',
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
  lines.push('', `  Data folder: ${dataFolder}. Delete it to start over. Press Ctrl-C to stop.`, '')
  return lines.join('\n')
}

const RIGHTS = { FullAccess: 'Full Access', SendAs: 'Send As', SendOnBehalf: 'Send on Behalf' }
