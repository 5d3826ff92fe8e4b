/** Titles and fixes of the lines that the check of a registration shows. A wrong line has the title of its error. */
export const TEXTS = {
  tenantKnown: 'Microsoft knows the tenant',
  clientBlocked: 'The application was not looked for: the tenant comes first',
  credentialsBlocked: 'The credentials were not tried: the tenant comes first',
  redirectUriBlocked: 'The redirect URI was not tried: the tenant comes first',
  clientKnown: 'Microsoft knows the application',
  clientHidden: 'Whether Microsoft knows the application is told only to those who have its credentials',
  credentialAccepted: 'Microsoft accepts the {credential}',
  certificateWaits: 'The {credential} waits to be uploaded',
  credentialBlocked: 'The {credential} was not tried: the application comes first',
  credentialRefused: '{reason} ({beginning}…)',
  otherCredentialAccepted:
    'No mailbox stops: Microsoft accepts another one. Remove this one under Secrets and certificates, and in Entra ID.',
  redirectUriRegistered: 'The redirect URI is registered',
  applicationAllowed: 'The application may open every mailbox, as was chosen',
  consentMissing: 'An Entra admin has yet to consent to {roles} for the application',
  grantConsent:
    'In the Azure portal open App registrations, the application, API permissions, see that they stand under Application permissions, and press Grant admin consent. People can sign in without it.',
  endDatesRead: 'The end dates are read from the registration',
  endDatesEntered: 'The end dates are those that were entered: reading them is not permitted',
  permitEndDates:
    'Nothing is wrong. With the application permission Application.Read.All, Postkey would read them itself; otherwise enter them by hand.',
  endDatesUntold: 'Microsoft did not tell the end dates',
  endDatesNotAsked: 'Microsoft could not be asked for the end dates',
} as const
