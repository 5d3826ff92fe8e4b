/**
 * Texts of Cloud Providers: lines of the check of a registration, steps of the work order, purposes of permissions, emails
 * before an expiry.
 */
export const TEXTS = {
  // Lines of the check. A failed check has the title of its error.
  tenantKnown: 'Microsoft knows the tenant',
  clientBlocked: 'The application wasn’t checked: fix the tenant first',
  credentialsBlocked: 'The credentials weren’t checked: fix the tenant first',
  redirectUriBlocked: 'The redirect URI wasn’t checked: fix the tenant first',
  clientKnown: 'Microsoft knows the application',
  clientHidden: 'Microsoft shows only with valid credentials if the application exists',
  credentialAccepted: 'Microsoft accepts the {credential}',
  certificateWaits: 'The {credential} must be uploaded to Entra ID',
  credentialBlocked: 'The {credential} wasn’t checked: fix the application first',
  credentialRefused: '{reason} ({beginning}…)',
  otherCredentialAccepted:
    'No mailbox stops: Microsoft accepts another credential. Remove this one under Secrets and certificates, and in Entra ID.',
  redirectUriRegistered: 'The redirect URI is registered',
  applicationAllowed: 'The application can open every mailbox, as selected',
  consentMissing: 'An Entra admin must consent to {roles} for the application',
  grantConsent:
    'In the Azure portal, open App registrations, the application, API permissions, check that they are listed as Application permissions, and select Grant admin consent. Users can sign in without it.',
  expiryDatesRead: 'Postkey reads the expiry dates from the registration',
  expiryDatesEntered: 'The expiry dates were entered by hand: Postkey has no permission to read them',
  permitExpiryDates:
    'No action needed. With the application permission Application.Read.All, Postkey reads them automatically.',
  noExpiryDates: 'Microsoft didn’t return the expiry dates',
  expiryDatesUnreachable: 'Microsoft couldn’t be reached to read the expiry dates',

  clientSecret: 'client secret',
  certificate: 'certificate',

  // Steps of the work order, in the order of the portal.
  signInToPortal: 'Sign in to the Azure portal.',
  chooseTenant: 'If you have several tenants, select the right one under Directories + subscriptions.',
  openEntra: 'Open Microsoft Entra ID (formerly Azure Active Directory).',
  newRegistration: 'Open Manage, App registrations, New registration.',
  enterName:
    'Enter a display name. Users see it when they sign in. You can change it later, and it doesn’t have to be unique.',
  accountTypes: 'Under Supported account types, select "{type}": {when}.',
  ownDirectory: 'Accounts in this organizational directory only',
  anyDirectory: 'Accounts in any organizational directory',
  anyDirectoryAndPersonal: 'Accounts in any organizational directory and personal Microsoft accounts',
  singleTenant: 'all mailboxes are in your own tenant',
  multitenant: 'you connect mailboxes of several organizations',
  multitenantAndPersonal: 'you also connect personal accounts such as outlook.com',
  register: 'Leave Redirect URI empty and select Register.',
  copyIds: 'From Overview, copy Application (client) ID and Directory (tenant) ID. You need them at the end.',
  addPlatform:
    'Open Authentication, Add a platform, Web, and paste the redirect URI. Don’t use Single-page application: its sign-ins expire after one day.',
  createSecret:
    'Open Certificates & secrets, New client secret. Copy the Value (not the Secret ID), which is shown only once, and note the expiry date.',
  secretOrCertificate: '{secret} Or create no secret: Postkey can create a certificate, which you upload here later.',
  byCertificate:
    'Create no client secret: Postkey creates a certificate when it has the IDs. Then you get its public part, postkey.cer, and upload it under Certificates & secrets, Certificates, Upload certificate. The file contains nothing secret.',
  addPermissions:
    'Open API permissions, Add a permission, {resource}, Delegated permissions, and select: {permissions}.',
  grantedInExchange:
    'Leave Application permissions empty: {permissions} are granted in Exchange, for the selected mailboxes only. Postkey shows the commands on the page of the Cloud Provider, with the mailboxes filled in.',
  addApplicationPermissions:
    'Open API permissions, Add a permission, Microsoft Graph, Application permissions, and select: {permissions}. With them, the application can open every mailbox of the organization, regardless of limits in Exchange.',
  adminConsent:
    'Select Grant admin consent. You need it only once: then skip the admin consent in step C of Postkey. If you can’t grant it here, an Entra admin does it in step C. Without it, most organizations refuse the sign-in.',

  // Purposes of permissions, for the admin who grants them. `…Role`: granted to the application itself.
  purposeOpenid: 'Signs the user in.',
  purposeProfile: 'Identifies the user by IDs that never change.',
  purposeOfflineAccess: 'Keeps the mailbox connected while the user is away.',
  purposeUserRead: 'Reads name and address of the user who signed in.',
  purposeMailRead: 'Reads mail of the user’s own mailbox.',
  purposeMailReadShared: 'Reads mail of shared mailboxes the user has access to.',
  purposeMailReadWrite:
    'Writes drafts into the user’s own mailbox, so that no message is lost or sent twice, and marks and moves messages where mailbox actions are on.',
  purposeMailSend: 'Sends mail from the user’s own mailbox.',
  purposeMailReadWriteShared:
    'Writes drafts into shared mailboxes the user has access to, and marks and moves messages where mailbox actions are on.',
  purposeMailSendShared: 'Sends mail from shared mailboxes for which the user has Send As.',
  purposeMailReadRole: 'Reads mail of the mailboxes the application has access to.',
  purposeMailReadWriteRole:
    'Reads mail, writes drafts, so that no message is lost or sent twice, and marks and moves messages where mailbox actions are on.',
  purposeMailSendRole: 'Sends mail from the mailboxes the application has access to.',
  purposeImap:
    'Reads mail with IMAP, of the user’s own mailbox and of mailboxes with Full Access, and marks and moves messages where mailbox actions are on.',
  purposeImapRole:
    'Reads mail with IMAP, of mailboxes for which the application has Full Access in Exchange, and marks and moves messages where mailbox actions are on.',
  purposeSmtp: 'Sends mail with SMTP.',

  // Email before the last working credential expires. `{span}` is `in 7 days` or `within a day`.
  expirySubject: '[Postkey] The {credential} of {provider} expires {span}',
  expiryOpening: 'The {credential} that Postkey uses for the mailboxes of "{provider}" expires {span}, on {date}.',
  withinDay: 'within a day',
  inDays: 'in {count} days',
  noMailboxDepends: 'No mailbox depends on it yet.',
  oneMailboxStops: 'Then this mailbox stops receiving and sending:',
  mailboxesStop: 'Then these {count} mailboxes stop receiving and sending:',
  andMore: 'and {count} more',
  howToFix: 'How to fix it:',
  newSecret:
    'In the Azure portal, open Microsoft Entra ID, App registrations, the application, Certificates & secrets, and select New client secret. Copy its Value and enter it in Postkey, with its expiry date.',
  newCertificate:
    'In Postkey, select "Create certificate", download it, and upload it in the Azure portal under Microsoft Entra ID, App registrations, the application, Certificates & secrets, Certificates.',
  noInterruption:
    '{steps} Postkey checks the new one immediately and keeps the old one until the new one works. No one has to sign in again, and no mail is lost.',
  clientId: 'Application (client) ID: {id}',
} as const
