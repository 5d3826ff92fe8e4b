import type { RemedyCommand, MapEntry } from './map-entry.ts'

const SIGN_IN_AGAIN =
  'In Postkey, open the email account, select "Sign in again" and sign in as {person}. Nothing already synced is lost.'
const SIGN_IN_LOG =
  'In the Microsoft Entra admin center, open Entra ID, Monitoring & health, Sign-in logs, including the non-interactive sign-ins; filter by the application {clientId}'

const signInsOfPerson: RemedyCommand = {
  shell: 'graph-powershell',
  scopes: 'AuditLog.Read.All,Directory.Read.All',
  line: 'Get-MgAuditLogSignIn -Filter {eq userPrincipalName person} -Top 10 | Format-List CreatedDateTime,AppDisplayName,IPAddress,ConditionalAccessStatus,Status',
}
const signInsOfApplication: RemedyCommand = {
  shell: 'graph-powershell',
  scopes: 'AuditLog.Read.All,Directory.Read.All',
  line: 'Get-MgAuditLogSignIn -Filter {eq appId clientId} -Top 10 | Format-List CreatedDateTime,UserPrincipalName,IPAddress,ConditionalAccessStatus,Status',
}
const showPerson: RemedyCommand = { shell: 'azure-cli', line: 'az ad user show --id {person}' }

/**
 * Entra ID codes about users: accounts, passwords, second factors, policies and consent. @see
 * docs/reference/microsoft-365.md §C.2
 */
export const ENTRA_PEOPLE: readonly MapEntry[] = [
  {
    codes: [16000],
    who: 'person',
    cause:
      'Several Microsoft accounts are signed in in this browser, or the selected account isn’t from this organization.',
    where: 'Start the sign-in again, select "Use another account" on Microsoft’s page and sign in as {person}.',
  },
  {
    codes: [50020, 90072],
    who: 'person',
    cause: 'The account is a personal one or belongs to another organization, and it isn’t a guest of {tenantId}.',
    where:
      'Start the sign-in again with an account of this organization. Or an Entra admin invites the account: Entra ID, Users, New user, Invite external user.',
  },
  {
    codes: [50034],
    who: 'entra-admin',
    cause: 'The directory has no account with the name that {person} used to sign in.',
    where:
      'In the Microsoft Entra admin center, open Entra ID, Users, and look for {person}, also under Deleted users.',
    commands: [showPerson],
  },
  {
    codes: [50053],
    who: 'entra-admin',
    cause:
      'The account is locked after too many wrong passwords, or the sign-in came from an IP address that is considered malicious.',
    where: `${SIGN_IN_LOG}: the failure reason shows which of the two it is. A locked account unlocks automatically after a while.`,
    commands: [signInsOfPerson],
  },
  {
    codes: [50055],
    who: 'person',
    cause: 'The password of {person} has expired.',
    where: `Choose a new password at Microsoft. ${SIGN_IN_AGAIN}`,
  },
  {
    codes: [50056],
    who: 'entra-admin',
    cause: 'The directory has no password for this account.',
    where:
      'In the Microsoft Entra admin center, open Entra ID, Users, {person}, and select Reset password. If the organization uses single sign-on, sign in with that.',
    commands: [showPerson],
  },
  {
    codes: [50057],
    who: 'entra-admin',
    cause:
      'The account that signed in is disabled. Accounts of shared mailboxes are normally disabled and should stay so: a user with Full Access signs in for them.',
    where:
      'In the Microsoft Entra admin center, open Entra ID, Users, {person}, and set Account enabled. For a shared mailbox, leave the account disabled and sign in as a user with Full Access to the mailbox.',
    commands: [{ shell: 'azure-cli', line: 'az ad user update --id {person} --account-enabled true' }],
  },
  {
    codes: [50058, 50089, 50140, 50199],
    who: 'person',
    cause: 'The sign-in was interrupted before Microsoft identified the user.',
    where: 'Start the sign-in again and complete all of Microsoft’s pages. Nothing was changed.',
  },
  {
    codes: [50072, 50074, 50076, 50078, 50079],
    who: 'person',
    cause:
      'The organization now requires a second factor (MFA). It was turned on, isn’t set up yet, or was last used too long ago.',
    where: `${SIGN_IN_AGAIN} Microsoft’s page asks for the second factor.`,
  },
  {
    codes: [50097, 50129, 50131, 53000, 53001, 530003, 700003],
    who: 'entra-admin',
    cause:
      'A Conditional Access policy only allows known devices: enrolled, compliant or joined. A server isn’t a known device.',
    where: `${SIGN_IN_LOG}: the entry names the policy under Conditional Access. Exclude the application from the policy under Target resources, Exclude.`,
    commands: [signInsOfApplication],
  },
  {
    codes: [53003],
    who: 'entra-admin',
    cause:
      'A Conditional Access policy blocks the sign-in, usually because the IP address of this server isn’t an allowed location.',
    where: `${SIGN_IN_LOG}: the entry names the policy under Conditional Access. Add the IP address of this server under Protection, Conditional Access, Named locations, or exclude the application from the policy.`,
    commands: [signInsOfApplication],
  },
  {
    codes: [530032, 530035],
    who: 'entra-admin',
    cause: 'The organization’s security defaults or a security policy block this sign-in.',
    where: `${SIGN_IN_LOG} and read the failure reason. Security defaults are under Entra ID, Overview, Properties.`,
    commands: [signInsOfApplication],
  },
  {
    codes: [50126],
    who: 'person',
    cause: 'The user name or password is wrong.',
    where:
      'Start the sign-in again. If you forgot the password, select "Can’t access your account?" on Microsoft’s page.',
  },
  {
    codes: [50132, 50133, 50173],
    who: 'person',
    cause: 'Microsoft ended the sign-in: the password of {person} was changed or reset, or the sessions were revoked.',
    where: SIGN_IN_AGAIN,
  },
  {
    codes: [50135],
    who: 'person',
    cause: 'Microsoft detected a risk for this account and requires a new password.',
    where: `Choose a new password at Microsoft. ${SIGN_IN_AGAIN}`,
  },
  {
    codes: [54005, 70008, 700005, 9002313],
    who: 'person',
    cause: 'The sign-in is no longer valid: it has expired, was already used, or belongs to another organization.',
    where: SIGN_IN_AGAIN,
  },
  {
    codes: [70000],
    who: 'person',
    cause:
      'The sign-in is no longer valid. For personal accounts, the consent may have been withdrawn, or Microsoft may require the user to sign in interactively.',
    where: SIGN_IN_AGAIN,
  },
  {
    codes: [700081, 700082],
    who: 'person',
    cause: 'The sign-in has expired: it reached its maximum lifetime, or wasn’t used for 90 days.',
    where: SIGN_IN_AGAIN,
  },
  {
    codes: [70043, 70044],
    who: 'person',
    cause:
      'A Conditional Access policy of the organization requires a new sign-in at intervals (sign-in frequency), and the interval has passed.',
    where: `${SIGN_IN_AGAIN} To prevent this in the future, an Entra admin excludes the application under Protection, Conditional Access, the policy with Session, Sign-in frequency.`,
    commands: [signInsOfApplication],
  },
  {
    codes: [65004],
    who: 'person',
    cause: 'The user selected Cancel on Microsoft’s consent page.',
    where: 'Start the sign-in again and select Accept. Nothing was changed.',
  },
  {
    codes: [65001],
    who: 'entra-admin',
    cause:
      'No one has consented to the requested permissions, or the consent was withdrawn. In many organizations, only an admin can consent to mail permissions.',
    where:
      'Open the admin consent link of the Cloud Provider in Postkey, or Entra ID, Enterprise applications, the application {clientId}, Permissions, Grant admin consent. Then {person} signs in again.',
    commands: [{ shell: 'azure-cli', line: 'az ad app permission admin-consent --id {clientId}' }],
  },
  {
    codes: [90094, 90095],
    who: 'entra-admin',
    cause:
      'In this organization, only an admin can consent to these permissions. A request may be waiting for approval.',
    where:
      'Open the admin consent link of the Cloud Provider in Postkey, or approve the request under Entra ID, Enterprise applications, Admin consent requests.',
    commands: [{ shell: 'azure-cli', line: 'az ad app permission admin-consent --id {clientId}' }],
  },
  {
    codes: [90008],
    who: 'app-developer',
    cause: 'The application doesn’t request User.Read, which every application must request.',
    where:
      'In Entra ID, open App registrations, the application {clientId}, API permissions, add Microsoft Graph, Delegated, User.Read, and grant admin consent.',
    commands: [
      {
        shell: 'azure-cli',
        line: 'az ad app permission add --id {clientId} --api 00000003-0000-0000-c000-000000000000 --api-permissions e1fe6dd8-ba31-4d61-89e7-88639da4683d=Scope',
      },
    ],
  },
  {
    codes: [50105],
    who: 'entra-admin',
    cause: 'Only assigned users can use the application, and {person} isn’t assigned.',
    where:
      'In Entra ID, open Enterprise applications, the application {clientId}, Users and groups, Add user/group, and select {person}.',
  },
  {
    codes: [500208],
    who: 'person',
    cause:
      'The kind of account doesn’t fit the sign-in page: a personal account on the page for work accounts, or vice versa.',
    where: 'Start the sign-in again with an account of the Cloud Provider’s organization.',
  },
  {
    codes: [500212, 500213],
    who: 'entra-admin',
    cause: 'A cross-tenant access policy of one of the two organizations blocks this user.',
    where:
      'In Entra ID, open External Identities, Cross-tenant access settings, and allow the application in both directions that are used.',
  },
]
