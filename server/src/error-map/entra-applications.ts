import type { RemedyCommand, MapEntry } from './map-entry.ts'

const REGISTRATION = 'In Entra ID open App registrations, the application {clientId}'
const NO_SIGN_IN = 'The mailboxes go on by themselves afterwards; nobody has to sign in again.'

const newSecret: RemedyCommand = {
  shell: 'azure-cli',
  line: 'az ad app credential reset --id {clientId} --append --display-name Postkey --years 1',
}
const consent: RemedyCommand = { shell: 'azure-cli', line: 'az ad app permission admin-consent --id {clientId}' }
const showApplication: RemedyCommand = { shell: 'azure-cli', line: 'az ad app show --id {clientId}' }
/** Adds to the list; `az ad app update --web-redirect-uris` would replace it. */
const addRedirectUri: RemedyCommand = {
  shell: 'graph-powershell',
  scopes: 'Application.ReadWrite.All',
  line: '$app = Get-MgApplication -Filter {eq appId clientId}; Update-MgApplication -ApplicationId $app.Id -Web @{ RedirectUris = @($app.Web.RedirectUris) + {redirectUri} }',
}

/** Registrations, credentials, redirect URIs and permissions: what Entra ID says about the application. */
export const ENTRA_APPLICATIONS: readonly MapEntry[] = [
  {
    codes: [50011, 500112, 500113],
    who: 'app-developer',
    cause: 'The redirect URI {redirectUri} is not registered for the application, letter by letter.',
    where: `${REGISTRATION}, Authentication, Add a platform, Web, and enter {redirectUri}.`,
    commands: [addRedirectUri],
  },
  {
    codes: [700084, 9002326, 9002327, 9002325],
    who: 'app-developer',
    cause:
      'The redirect URI is registered for a single-page application, whose sign-ins end after 24 hours and which no server may use.',
    where: `${REGISTRATION}, Authentication: take {redirectUri} away under Single-page application and add it under Web. After that {person} signs in again.`,
    commands: [addRedirectUri],
  },
  {
    codes: [50194],
    who: 'app-developer',
    cause:
      'The application is for its own organization only, and somebody of another one, or of none that is named, signs in.',
    where: `${REGISTRATION}, Authentication, Supported account types, and choose the same as the Cloud Provider in Postkey.`,
    commands: [showApplication],
  },
  {
    codes: [9002331, 9002332],
    who: 'app-developer',
    cause:
      'The application is for the other kind of account: personal ones where work accounts sign in, or the other way.',
    where: `${REGISTRATION}, Authentication, Supported account types, and choose the same as the Cloud Provider in Postkey.`,
    commands: [showApplication],
  },
  {
    codes: [65002],
    who: 'app-developer',
    cause: 'The client ID is one of Microsoft’s own applications, which nobody else may use.',
    where:
      'Register an application of your own, with the work order of Postkey, and enter its Application (client) ID.',
  },
  {
    codes: [65005, 650053, 650056, 650057],
    who: 'app-developer',
    cause: 'The application lacks a permission that Postkey asks for, or nobody consented to it.',
    where: `${REGISTRATION}, API permissions, add those of the work order in Postkey, and press Grant admin consent.`,
    commands: [consent],
  },
  {
    codes: [650052, 500011],
    who: 'entra-admin',
    cause:
      'The organization {tenantId} has no Exchange Online or no Graph that an application could use: no subscription, or another cloud.',
    where:
      'In the Microsoft 365 admin center open Billing, Licenses, and look for one with Exchange Online; compare the cloud of the Cloud Provider with the address of the portal.',
  },
  {
    codes: [70001, 7000112],
    who: 'entra-admin',
    cause: 'The application is switched off in {tenantId}.',
    where: `In Entra ID open Enterprise applications, the application {clientId}, Properties, and set "Enabled for users to sign-in" to Yes. ${NO_SIGN_IN}`,
    commands: [{ shell: 'azure-cli', line: 'az ad sp update --id {clientId} --set accountEnabled=true' }],
  },
  {
    codes: [70002, 7000215],
    who: 'app-developer',
    cause: 'The client secret is not one of this application. Often the Secret ID was copied instead of the Value.',
    where: `${REGISTRATION}, Certificates & secrets, New client secret; copy its Value and enter it in Postkey. ${NO_SIGN_IN}`,
    commands: [newSecret],
  },
  {
    codes: [7000222],
    who: 'app-developer',
    cause: 'The client secret has expired.',
    where: `${REGISTRATION}, Certificates & secrets, New client secret; copy its Value and enter it in Postkey. ${NO_SIGN_IN}`,
    commands: [newSecret],
  },
  {
    codes: [7000216, 7000218],
    who: 'app-developer',
    cause:
      'The application has to prove itself with a client secret or a certificate, and Postkey sent none that counts.',
    where: `${REGISTRATION}, Certificates & secrets, New client secret; copy its Value and enter it in Postkey. ${NO_SIGN_IN}`,
    commands: [newSecret],
  },
  {
    codes: [700025],
    who: 'app-developer',
    cause: 'The redirect URI is registered for a mobile or desktop application, which has no secret.',
    where: `${REGISTRATION}, Authentication: add {redirectUri} under the platform Web and take it away under Mobile and desktop applications.`,
    commands: [addRedirectUri],
  },
  {
    codes: [50027, 50048, 700021, 700027, 5002723],
    who: 'app-developer',
    cause:
      'Microsoft does not accept the proof made with the certificate: the certificate in Entra ID is another one, or none.',
    where: `${REGISTRATION}, Certificates & secrets, Certificates, and upload the public part that Postkey shows at the Cloud Provider. ${NO_SIGN_IN}`,
    commands: [showApplication],
  },
  {
    codes: [700023],
    who: 'postkey',
    cause: 'The proof made with the certificate, or the scope, names another receiver than this sign-in service.',
    where:
      'Compare cloud and Directory (tenant) ID of the Cloud Provider; if both are right, report it with the details for support.',
  },
  {
    codes: [700024, 500133],
    who: 'app-developer',
    cause: 'The proof was not valid at this time: the clock of the machine that runs Postkey is wrong.',
    where:
      'On the machine that runs Postkey set the clock and let it follow a time server. Run the doctor to see how far it is off.',
  },
  {
    codes: [70021, 700213],
    who: 'app-developer',
    cause:
      'No federated credential of the application fits what was sent. A new one takes some minutes to be known everywhere.',
    where: `${REGISTRATION}, Certificates & secrets, Federated credentials, and compare issuer, subject and audience.`,
    commands: [{ shell: 'azure-cli', line: 'az ad app federated-credential list --id {clientId}' }],
  },
  {
    codes: [7000114],
    who: 'app-developer',
    cause: 'The application may not act on behalf of others, which mail does not need.',
    where: 'Report it with the details for support: Postkey does not ask for this.',
  },
  {
    codes: [700016],
    who: 'app-developer',
    cause:
      'The organization {tenantId} has no application {clientId}: one of the two IDs or the cloud is wrong, or nobody consented yet.',
    where:
      'In Entra ID open App registrations, All applications, and compare Application (client) ID and Directory (tenant) ID on the Overview with those in Postkey. If they are right, an Entra admin opens the admin consent link.',
    commands: [showApplication],
  },
  {
    codes: [7000229],
    who: 'entra-admin',
    cause: 'The application is registered, but has no enterprise application in {tenantId}.',
    where: 'Open the admin consent link of the Cloud Provider in Postkey, or give the command.',
    commands: [{ shell: 'azure-cli', line: 'az ad sp create --id {clientId}' }],
  },
  {
    codes: [90002],
    who: 'app-developer',
    cause: 'Microsoft knows no organization {tenantId} in this cloud.',
    where:
      'In Entra ID open Overview and compare the Tenant ID with the one in Postkey, and the address of the portal with the cloud of the Cloud Provider.',
    commands: [{ shell: 'azure-cli', line: 'az account show --query tenantId' }],
  },
  {
    codes: [90038, 90043, 900382, 900432],
    who: 'app-developer',
    cause: 'The organization {tenantId} lives in another national cloud than the Cloud Provider says.',
    where:
      'Look at the address of your Azure portal: portal.azure.com, portal.azure.us or portal.azure.cn. Make a Cloud Provider with that cloud; each cloud needs a registration of its own.',
  },
]
