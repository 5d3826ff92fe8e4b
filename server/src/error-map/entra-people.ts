import type { RemedyCommand, MapEntry } from './map-entry.ts'

const SIGN_IN_AGAIN =
  'In Postkey open the email account and press "Sign in again", as {person}. Nothing already synced is lost.'
const SIGN_IN_LOG =
  'In the Microsoft Entra admin center open Entra ID, Monitoring & health, Sign-in logs, and there the non-interactive sign-ins too; filter by the application {clientId}'

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

/** Accounts, passwords, second factors, policies and consent: what Entra ID says about who signs in. @see docs/reference/microsoft-365.md §C.2 */
export const ENTRA_PEOPLE: readonly MapEntry[] = [
  {
    codes: [16000],
    who: 'person',
    cause:
      'Several accounts are signed in at Microsoft in this browser, or the chosen one is not of this organization.',
    where: 'Begin the sign-in anew, choose "Use another account" on the page of Microsoft and sign in as {person}.',
  },
  {
    codes: [50020, 90072],
    who: 'person',
    cause: 'The account belongs to another organization or is a personal one, and it is no guest of {tenantId}.',
    where:
      'Begin the sign-in anew with an account of this organization. Or an Entra admin invites the account: Entra ID, Users, New user, Invite external user.',
  },
  {
    codes: [50034],
    who: 'entra-admin',
    cause: 'The directory has no account of the name with which {person} tried to sign in.',
    where: 'In the Microsoft Entra admin center open Entra ID, Users, and look for {person}, also under Deleted users.',
    commands: [showPerson],
  },
  {
    codes: [50053],
    who: 'entra-admin',
    cause: 'The account is locked after too many wrong passwords, or the address it came from counts as malicious.',
    where: `${SIGN_IN_LOG}: the failure reason tells which of the two. A lock ends by itself after a while.`,
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
    cause: 'The directory holds no password for this account.',
    where:
      'In the Microsoft Entra admin center open Entra ID, Users, {person}, and press Reset password; where the organization has single sign-on, sign in by that.',
    commands: [showPerson],
  },
  {
    codes: [50057],
    who: 'entra-admin',
    cause:
      'The account that signed in is disabled. Accounts of shared mailboxes are disabled as a rule and stay so: a person with Full Access signs in for them.',
    where:
      'In the Microsoft Entra admin center open Entra ID, Users, {person}, and set Account enabled. For a shared mailbox leave it disabled and sign in as a person who has Full Access to it.',
    commands: [{ shell: 'azure-cli', line: 'az ad user update --id {person} --account-enabled true' }],
  },
  {
    codes: [50058, 50089, 50140, 50199],
    who: 'person',
    cause: 'The sign-in was interrupted before Microsoft knew who it is.',
    where: 'Begin the sign-in anew and go through the pages of Microsoft to the end. Nothing was changed.',
  },
  {
    codes: [50072, 50074, 50076, 50078, 50079],
    who: 'person',
    cause:
      'The organization wants a second factor now (MFA): it was switched on, is not set up yet, or the last proof is too old.',
    where: `${SIGN_IN_AGAIN} The page of Microsoft asks for the second factor.`,
  },
  {
    codes: [50097, 50129, 50131, 53000, 53001, 530003, 700003],
    who: 'entra-admin',
    cause:
      'A Conditional Access policy lets only known devices in: enrolled, compliant or joined ones. A server is none of them.',
    where: `${SIGN_IN_LOG}: the entry names the policy under Conditional Access. Leave the application out of it, under Target resources, Exclude.`,
    commands: [signInsOfApplication],
  },
  {
    codes: [53003],
    who: 'entra-admin',
    cause:
      'A Conditional Access policy blocks it, most often because the address of this server is not among the allowed locations.',
    where: `${SIGN_IN_LOG}: the entry names the policy under Conditional Access. Add the address of this server under Protection, Conditional Access, Named locations, or leave the application out of the policy.`,
    commands: [signInsOfApplication],
  },
  {
    codes: [530032, 530035],
    who: 'entra-admin',
    cause: 'The security defaults or a security policy of the organization block this sign-in.',
    where: `${SIGN_IN_LOG} and read the failure reason. Security defaults stand under Entra ID, Overview, Properties.`,
    commands: [signInsOfApplication],
  },
  {
    codes: [50126],
    who: 'person',
    cause: 'User name or password were wrong.',
    where:
      'Begin the sign-in anew. Whoever forgot the password chooses "Can’t access your account?" on the page of Microsoft.',
  },
  {
    codes: [50132, 50133, 50173],
    who: 'person',
    cause:
      'The sign-in was ended at Microsoft: the password of {person} was changed or reset, or somebody revoked the sessions.',
    where: SIGN_IN_AGAIN,
  },
  {
    codes: [50135],
    who: 'person',
    cause: 'Microsoft sees a risk for this account and wants a new password.',
    where: `Choose a new password at Microsoft. ${SIGN_IN_AGAIN}`,
  },
  {
    codes: [54005, 70008, 700005, 9002313],
    who: 'person',
    cause:
      'What was sent is no sign-in that Microsoft still knows: it is over, was used already, or is of another organization.',
    where: SIGN_IN_AGAIN,
  },
  {
    codes: [70000],
    who: 'person',
    cause:
      'The sign-in is not valid any more. For personal accounts it can also mean that the consent was withdrawn or that Microsoft wants to see the person.',
    where: SIGN_IN_AGAIN,
  },
  {
    codes: [700081, 700082],
    who: 'person',
    cause: 'The sign-in has grown too old: it reached its longest life, or was not used for 90 days.',
    where: SIGN_IN_AGAIN,
  },
  {
    codes: [70043, 70044],
    who: 'person',
    cause:
      'A Conditional Access policy of the organization wants a new sign-in from time to time (sign-in frequency), and that time is over.',
    where: `${SIGN_IN_AGAIN} So that it does not come again, an Entra admin leaves the application out under Protection, Conditional Access, the policy with Session, Sign-in frequency.`,
    commands: [signInsOfApplication],
  },
  {
    codes: [65004],
    who: 'person',
    cause: 'The page on which Microsoft asks for consent was answered with Cancel.',
    where: 'Begin the sign-in anew and press Accept. Nothing was changed.',
  },
  {
    codes: [65001],
    who: 'entra-admin',
    cause:
      'Nobody consented to what the application asks for, or the consent was withdrawn. Many organizations let only an admin consent to mail.',
    where:
      'Open the admin consent link of the Cloud Provider in Postkey, or Entra ID, Enterprise applications, the application {clientId}, Permissions, Grant admin consent. After that {person} signs in again.',
    commands: [{ shell: 'azure-cli', line: 'az ad app permission admin-consent --id {clientId}' }],
  },
  {
    codes: [90094, 90095],
    who: 'entra-admin',
    cause: 'The organization lets only an admin consent to these permissions; a request may be waiting for approval.',
    where:
      'Open the admin consent link of the Cloud Provider in Postkey, or approve under Entra ID, Enterprise applications, Admin consent requests.',
    commands: [{ shell: 'azure-cli', line: 'az ad app permission admin-consent --id {clientId}' }],
  },
  {
    codes: [90008],
    who: 'app-developer',
    cause: 'The application does not ask for User.Read, which every application must.',
    where:
      'In Entra ID open App registrations, the application {clientId}, API permissions, add Microsoft Graph, Delegated, User.Read, and grant admin consent.',
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
    cause: 'The application is open to assigned people only, and {person} is not one of them.',
    where:
      'In Entra ID open Enterprise applications, the application {clientId}, Users and groups, Add user/group, and choose {person}.',
  },
  {
    codes: [500208],
    who: 'person',
    cause:
      'The kind of account does not fit the page: a personal account where a work account belongs, or the other way.',
    where: 'Begin the sign-in anew with an account of the organization of the Cloud Provider.',
  },
  {
    codes: [500212, 500213],
    who: 'entra-admin',
    cause: 'A cross-tenant access policy of one of the two organizations does not let this person in.',
    where:
      'In Entra ID open External Identities, Cross-tenant access settings, and allow the application in both directions that are used.',
  },
]
