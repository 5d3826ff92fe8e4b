import type { RemedyCommand, MapEntry } from './map-entry.ts'

const REGISTRATION = 'In Entra ID, open App registrations, the application {clientId}'
const NO_SIGN_IN = 'The mailboxes continue automatically; no one has to sign in again.'

const newSecret: RemedyCommand = {
  shell: 'azure-cli',
  line: 'az ad app credential reset --id {clientId} --append --display-name Postkey --years 1',
}
const consent: RemedyCommand = { shell: 'azure-cli', line: 'az ad app permission admin-consent --id {clientId}' }
const showApplication: RemedyCommand = { shell: 'azure-cli', line: 'az ad app show --id {clientId}' }
/** Adds the URI to the list; `az ad app update --web-redirect-uris` would replace the list. */
const addRedirectUri: RemedyCommand = {
  shell: 'graph-powershell',
  scopes: 'Application.ReadWrite.All',
  line: '$app = Get-MgApplication -Filter {eq appId clientId}; Update-MgApplication -ApplicationId $app.Id -Web @{ RedirectUris = @($app.Web.RedirectUris) + {redirectUri} }',
}

/** Entra ID codes about the application: registrations, credentials, redirect URIs and permissions. */
export const ENTRA_APPLICATIONS: readonly MapEntry[] = [
  {
    codes: [50011, 500112, 500113],
    who: 'app-developer',
    cause: 'The redirect URI {redirectUri} isn’t registered for the application, or not in exactly this spelling.',
    where: `${REGISTRATION}, Authentication, Add a platform, Web, and enter {redirectUri}.`,
    commands: [addRedirectUri],
  },
  {
    codes: [700084, 9002326, 9002327, 9002325],
    who: 'app-developer',
    cause:
      'The redirect URI is registered for a single-page application. Its sign-ins expire after 24 hours, and servers can’t use it.',
    where: `${REGISTRATION}, Authentication: remove {redirectUri} under Single-page application and add it under Web. Then {person} signs in again.`,
    commands: [addRedirectUri],
  },
  {
    codes: [50194],
    who: 'app-developer',
    cause:
      'The application only accepts accounts of its own organization. The user is from another organization, or no organization was named.',
    where: `${REGISTRATION}, Authentication, Supported account types, and select the same type as in the Cloud Provider in Postkey.`,
    commands: [showApplication],
  },
  {
    codes: [9002331, 9002332],
    who: 'app-developer',
    cause:
      'The application is registered for the other kind of account: for personal accounts where a work account signs in, or vice versa.',
    where: `${REGISTRATION}, Authentication, Supported account types, and select the same type as in the Cloud Provider in Postkey.`,
    commands: [showApplication],
  },
  {
    codes: [65002],
    who: 'app-developer',
    cause: 'The client ID belongs to one of Microsoft’s own applications, which no one else can use.',
    where: 'Register your own application with the work order in Postkey, and enter its Application (client) ID.',
  },
  {
    codes: [65005, 650053, 650056, 650057],
    who: 'app-developer',
    cause: 'The application lacks a permission that Postkey requests, or no one has granted consent.',
    where: `${REGISTRATION}, API permissions, add the permissions from the work order in Postkey, and select Grant admin consent.`,
    commands: [consent],
  },
  {
    codes: [650052, 500011],
    who: 'entra-admin',
    cause:
      'The organization {tenantId} has no Exchange Online or Graph for the application: the subscription is missing, or the cloud is wrong.',
    where:
      'In the Microsoft 365 admin center, open Billing, Licenses, and look for one with Exchange Online. Compare the cloud of the Cloud Provider with the address of your portal.',
  },
  {
    codes: [70001, 7000112],
    who: 'entra-admin',
    cause: 'The application is disabled in {tenantId}.',
    where: `In Entra ID, open Enterprise applications, the application {clientId}, Properties, and set "Enabled for users to sign-in" to Yes. ${NO_SIGN_IN}`,
    commands: [{ shell: 'azure-cli', line: 'az ad sp update --id {clientId} --set accountEnabled=true' }],
  },
  {
    codes: [70002, 7000215],
    who: 'app-developer',
    cause:
      'The client secret doesn’t belong to this application. Often, the Secret ID was copied instead of the Value.',
    where: `${REGISTRATION}, Certificates & secrets, New client secret. Copy its Value and enter it in Postkey. ${NO_SIGN_IN}`,
    commands: [newSecret],
  },
  {
    codes: [7000222],
    who: 'app-developer',
    cause: 'The client secret has expired.',
    where: `${REGISTRATION}, Certificates & secrets, New client secret. Copy its Value and enter it in Postkey. ${NO_SIGN_IN}`,
    commands: [newSecret],
  },
  {
    codes: [7000216, 7000218],
    who: 'app-developer',
    cause: 'The application must authenticate with a client secret or a certificate, and Postkey sent no valid one.',
    where: `${REGISTRATION}, Certificates & secrets, New client secret. Copy its Value and enter it in Postkey. ${NO_SIGN_IN}`,
    commands: [newSecret],
  },
  {
    codes: [700025],
    who: 'app-developer',
    cause: 'The redirect URI is registered for a mobile or desktop application, which can’t use a client secret.',
    where: `${REGISTRATION}, Authentication: add {redirectUri} under the platform Web and remove it under Mobile and desktop applications.`,
    commands: [addRedirectUri],
  },
  {
    codes: [50027, 50048, 700021, 700027, 5002723],
    who: 'app-developer',
    cause: 'Microsoft rejected the certificate of the application. Entra ID has a different certificate, or none.',
    where: `${REGISTRATION}, Certificates & secrets, Certificates, and upload the public certificate that Postkey shows on the page of the Cloud Provider. ${NO_SIGN_IN}`,
    commands: [showApplication],
  },
  {
    codes: [700023],
    who: 'postkey',
    cause:
      'The client assertion (signed with the certificate), or the scope, has an audience other than this sign-in service.',
    where:
      'Compare the cloud and the Directory (tenant) ID of the Cloud Provider. If both are right, report it with the details for support.',
  },
  {
    codes: [700024, 500133],
    who: 'app-developer',
    cause: 'The client assertion wasn’t valid at this time: the clock of the machine that runs Postkey is wrong.',
    where:
      'On the machine that runs Postkey, set the clock and sync it with a time server. Run the doctor to see how far the clock is off.',
  },
  {
    codes: [70021, 700213],
    who: 'app-developer',
    cause:
      'No federated credential of the application matches the request. A new one takes a few minutes to take effect everywhere.',
    where: `${REGISTRATION}, Certificates & secrets, Federated credentials, and compare issuer, subject and audience.`,
    commands: [{ shell: 'azure-cli', line: 'az ad app federated-credential list --id {clientId}' }],
  },
  {
    codes: [7000114],
    who: 'app-developer',
    cause: 'The application isn’t allowed to act on behalf of other users. Mail doesn’t need this.',
    where: 'Report it with the details for support: Postkey doesn’t request this.',
  },
  {
    codes: [700016],
    who: 'app-developer',
    cause:
      'The organization {tenantId} has no application {clientId}. One of the two IDs or the cloud is wrong, or no one has granted consent yet.',
    where:
      'In Entra ID, open App registrations, All applications, and compare the Application (client) ID and Directory (tenant) ID on the Overview with those in Postkey. If they are right, an Entra admin opens the admin consent link.',
    commands: [showApplication],
  },
  {
    codes: [7000229],
    who: 'entra-admin',
    cause: 'The application is registered but has no enterprise application in {tenantId}.',
    where: 'Open the admin consent link of the Cloud Provider in Postkey, or run the command.',
    commands: [{ shell: 'azure-cli', line: 'az ad sp create --id {clientId}' }],
  },
  {
    codes: [90002],
    who: 'app-developer',
    cause: 'The organization {tenantId} doesn’t exist in this cloud.',
    where:
      'In Entra ID, open Overview. Compare the Tenant ID with the one in Postkey, and the address of the portal with the cloud of the Cloud Provider.',
    commands: [{ shell: 'azure-cli', line: 'az account show --query tenantId' }],
  },
  {
    codes: [90038, 90043, 900382, 900432],
    who: 'app-developer',
    cause: 'The organization {tenantId} is in a different national cloud than the Cloud Provider.',
    where:
      'Check the address of your Azure portal: portal.azure.com, portal.azure.us or portal.azure.cn. Create a Cloud Provider for that cloud. Each cloud needs its own registration.',
  },
]
