/**
 * Permissions of the two resources that applications use, with Microsoft's ids.
 *
 * @see https://learn.microsoft.com/graph/permissions-reference
 */
export interface Permission {
  value: string
  id: string
  /** Title on the consent page. */
  title: string
  /** `false`: personal accounts cannot grant it. */
  personal: boolean
  /** `true`: only an admin can grant it, regardless of the tenant's consent policy. */
  adminOnly: boolean
}

export interface Resource {
  appId: string
  displayName: string
  /** Audience of its access tokens. */
  audience: string
  /** Prefixes of its scopes, the audience first; without a trailing slash. */
  identifierUris: readonly string[]
  delegated: readonly Permission[]
  application: readonly Permission[]
}

const scope = (value: string, id: string, title: string, personal = true, adminOnly = false): Permission => ({
  value,
  id,
  title,
  personal,
  adminOnly,
})
const role = (value: string, id: string, title: string): Permission => scope(value, id, title, false, true)

export const GRAPH: Resource = {
  appId: '00000003-0000-0000-c000-000000000000',
  displayName: 'Microsoft Graph',
  audience: 'https://graph.microsoft.com',
  identifierUris: ['https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000'],
  delegated: [
    scope('openid', '37f7f235-527c-4136-accd-4a02d197296e', 'Sign users in'),
    scope('profile', '14dad69e-099b-42c9-810b-d002981feec1', "View users' basic profile"),
    scope('email', '64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0', "View users' email address"),
    scope(
      'offline_access',
      '7427e0e9-2fba-42fe-b0c0-848c9e6a8182',
      'Maintain access to data you have given it access to',
    ),
    scope('User.Read', 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', 'Sign you in and read your profile'),
    scope('User.ReadBasic.All', 'b340eb25-3456-403f-be2f-af7a0d370277', "Read all users' basic profiles", false),
    scope('User.Read.All', 'a154be20-db9c-4678-8ab7-66f6cc099a59', "Read all users' full profiles", false, true),
    scope('Mail.Read', '570282fd-fa5c-430d-a7fd-fc8dc98a9dca', 'Read your mail'),
    scope('Mail.ReadBasic', 'a4b8392a-d8d1-4954-a029-8e668a39a170', 'Read your basic mail'),
    scope('Mail.ReadWrite', '024d486e-b451-40bb-833d-3e66d98c5c73', 'Read and write access to your mail'),
    scope('Mail.Send', 'e383f46e-2787-4529-855e-0e479a3ffac0', 'Send mail as you'),
    scope('Mail.Read.Shared', '7b9103a5-4610-446b-9670-80643382c1fa', 'Read mail you can access', false),
    scope('Mail.ReadBasic.Shared', 'b11fa0e7-fdb7-4dc9-b1f1-59facd463480', 'Read basic mail you can access', false),
    scope('Mail.ReadWrite.Shared', '5df07973-7d5d-46ed-9847-1271055cbd51', 'Read and write mail you can access', false),
    scope(
      'Mail.Send.Shared',
      'a367ab51-6b49-43bf-a716-a1fb06d2a174',
      'Send mail on behalf of others or yourself',
      false,
    ),
    scope('MailboxSettings.Read', '87f447af-9fa4-4c32-9dfa-4a57a73d18ce', 'Read your mailbox settings'),
    scope(
      'MailboxSettings.ReadWrite',
      '818c620a-27a9-40bd-a6a5-d96f7d610b4b',
      'Read and write to your mailbox settings',
    ),
    scope(
      'IMAP.AccessAsUser.All',
      '652390e4-393a-48de-9484-05f9b1212954',
      'Read and write access to your mail via IMAP',
    ),
    scope('POP.AccessAsUser.All', 'd7b7f2d9-0f45-4ea1-9d42-e50810c06991', 'Read and write access to your mail via POP'),
    scope('SMTP.Send', '258f6531-6087-4cc4-bb90-092c5fb3ed3f', 'Send emails from your mailbox using SMTP AUTH'),
    scope(
      'Application.ReadWrite.All',
      'bdfbf15f-ee85-4955-8675-146e8e5296b5',
      'Read and write applications',
      false,
      true,
    ),
    scope(
      'AppRoleAssignment.ReadWrite.All',
      '84bccea3-f856-4a8a-967b-dbe0a3d53a64',
      'Manage app permission grants and app role assignments',
      false,
      true,
    ),
    scope(
      'DelegatedPermissionGrant.ReadWrite.All',
      '41ce6ca6-6826-4807-84f1-1c82854f7ee5',
      'Manage all delegated permission grants',
      false,
      true,
    ),
    scope(
      'Directory.AccessAsUser.All',
      '0e263e50-5827-48a4-b97c-d940288653c7',
      'Access the directory as you',
      false,
      true,
    ),
  ],
  application: [
    role('Mail.Read', '810c84a8-4a9e-49e6-bf7d-12d183f40d01', 'Read mail in all mailboxes'),
    role('Mail.ReadBasic', '6be147d2-ea4f-4b5a-a3fa-3eab6f3c140a', 'Read basic mail in all mailboxes'),
    role('Mail.ReadBasic.All', '693c5e45-0940-467d-9b8a-1022fb9d42ef', 'Read basic mail in all mailboxes'),
    role('Mail.ReadWrite', 'e2a3a72e-5f79-4c64-b1b1-878b674786c9', 'Read and write mail in all mailboxes'),
    role('Mail.Send', 'b633e1c5-b582-4048-a93e-9f11b44c7e96', 'Send mail as any user'),
    role('MailboxSettings.Read', '40f97065-369a-49f4-947c-6a255697ae91', 'Read all user mailbox settings'),
    role(
      'MailboxSettings.ReadWrite',
      '6931bccd-447a-43d1-b442-00a195474933',
      'Read and write all user mailbox settings',
    ),
    role('User.ReadBasic.All', '97235f07-e226-4f63-ace3-39588e11d3a1', "Read all users' basic profiles"),
    role('User.Read.All', 'df021288-bdef-4463-88db-98f22de89214', "Read all users' full profiles"),
    role('Application.ReadWrite.All', '1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9', 'Read and write all applications'),
    role(
      'AppRoleAssignment.ReadWrite.All',
      '06b708a9-e830-4db3-a914-8e69da51d44f',
      'Manage app permission grants and app role assignments',
    ),
    role(
      'DelegatedPermissionGrant.ReadWrite.All',
      '8e8e4742-1d95-4f68-9d56-6ee75648c72a',
      'Manage all delegated permission grants',
    ),
  ],
}

export const EXCHANGE: Resource = {
  appId: '00000002-0000-0ff1-ce00-000000000000',
  displayName: 'Office 365 Exchange Online',
  audience: 'https://outlook.office.com',
  identifierUris: [
    'https://outlook.office.com',
    'https://outlook.office365.com',
    'https://ps.outlook.com',
    '00000002-0000-0ff1-ce00-000000000000',
  ],
  delegated: [
    scope(
      'IMAP.AccessAsUser.All',
      '195adc35-e27b-454b-a7ed-1ecdffa1c09f',
      'Read and write access to your mail via IMAP',
    ),
    scope('POP.AccessAsUser.All', 'fb698133-92fa-453e-a9ed-688e10f2e5ac', 'Read and write access to your mail via POP'),
    scope('SMTP.Send', '76faac2a-0f20-42f1-928a-50de5b9dbe52', 'Send emails from your mailbox using SMTP AUTH'),
    scope(
      'EWS.AccessAsUser.All',
      '3b5f3d61-589b-4a3c-a359-5dd4b5ee5bd5',
      'Access your mailboxes via Exchange Web Services',
    ),
  ],
  // SMTP.SendAsApp exists too. Its id is not publicly documented, so scripts look it up by value, and the sandbox can
  // use its own.
  application: [
    role('IMAP.AccessAsApp', '5e5addcd-3e8d-4e90-baf5-964efab2b20a', 'Read and write mail in mailboxes via IMAP'),
    role('POP.AccessAsApp', 'cb842b43-da6e-4506-86fe-bb12199c656d', 'Read and write mail in mailboxes via POP'),
    role(
      'full_access_as_app',
      'dc890d15-9560-4a4c-9b7f-a736ec74ec40',
      'Use Exchange Web Services with full access to all mailboxes',
    ),
    role('Exchange.ManageAsApp', 'dc50a0fb-09a3-484d-be87-e023b12c6440', 'Manage Exchange as application'),
  ],
}

export const RESOURCES: readonly Resource[] = [GRAPH, EXCHANGE]

/** The four scopes for the sign-in; allowed in a token request for any resource. */
export const OIDC_SCOPES: ReadonlySet<string> = new Set(['openid', 'profile', 'email', 'offline_access'])

/**
 * True for a mail permission of any protocol. Users can't consent to these under the policy that Microsoft manages
 * since November 2025.
 */
export function isMailPermission(resource: Resource, value: string): boolean {
  return resource === EXCHANGE || /^(Mail|MailboxSettings|IMAP|POP|SMTP)\./.test(value)
}
