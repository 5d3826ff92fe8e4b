import type { MapEntry } from './map-entry.ts'

const REPORT = 'Report it with the details for support. Everything already stored is kept.'

/** Entra ID codes about malformed requests, transient errors and limits. */
export const ENTRA_PROTOCOL: readonly MapEntry[] = [
  {
    codes: [28000, 28002, 28003, 70011, 700022, 1002012],
    who: 'postkey',
    cause: 'The requested scopes can’t be combined, or one of them doesn’t exist in this cloud.',
    where: `Compare the cloud of the Cloud Provider with the address of your portal. If it is right: ${REPORT}`,
  },
  {
    codes: [50059, 50128, 90019],
    who: 'app-developer',
    cause: 'Microsoft couldn’t determine the organization.',
    where: 'In Postkey, open the Cloud Provider and compare its Directory (tenant) ID with Entra ID, Overview.',
  },
  {
    codes: [50147, 501481, 501491],
    who: 'person',
    cause: 'The start and the end of the sign-in don’t match (PKCE), for example because it was started twice.',
    where: 'Start the sign-in again in a single window. If it happens again, report it with the details for support.',
  },
  {
    codes: [70003, 70005, 700054, 70007, 90014, 900144, 90015, 90023, 900561, 901002, 240002],
    who: 'postkey',
    cause: 'Microsoft rejected the request as invalid: a part is missing, too long or not allowed.',
    where: REPORT,
  },
  {
    codes: [90133, 9001023],
    who: 'app-developer',
    cause: 'Requests by the application itself, without a user, need the ID of an organization.',
    where: 'In Postkey, open the Cloud Provider and check that it has the Directory (tenant) ID of the organization.',
  },
  {
    codes: [70016],
    who: 'person',
    cause: 'The code for another device hasn’t been entered yet.',
    where: 'Open the address shown with the code, enter the code, and sign in as {person}.',
  },
  {
    codes: [70017, 70018, 70019, 70020],
    who: 'person',
    cause: 'The code for another device has expired, was declined, or was entered incorrectly.',
    where: 'Start again and enter the new code within fifteen minutes.',
  },
  {
    codes: [50033, 90006, 90012, 90024, 90033],
    who: 'microsoft',
    cause: 'Microsoft’s sign-in service has a problem.',
    where:
      'Nothing to do: Postkey retries with increasing delays. If it lasts an hour, check Health, Service health in the Microsoft 365 admin center.',
  },
  {
    codes: [90055],
    who: 'microsoft',
    cause:
      'All applications of the organization {tenantId} together send more requests to the sign-in service than it allows.',
    where: 'Nothing to do: Postkey waits and tries again. If it lasts, look for a program that signs in endlessly.',
  },
  {
    codes: [50196],
    who: 'postkey',
    cause: 'The same request was sent too often in a short time, and Microsoft treated it as a loop.',
    where: `Postkey waits and tries again. If it happens again, check if a second Postkey uses the same registration. Otherwise: ${REPORT}`,
  },
  {
    codes: [1002016],
    who: 'app-developer',
    cause:
      'The connection used an outdated TLS version: a proxy between this machine and Microsoft doesn’t support TLS 1.2.',
    where:
      'Let the proxy pass connections to the sign-in service through without inspection, or set it to TLS 1.2 or newer. The doctor shows the issuer of the certificate that arrives here.',
  },
]
