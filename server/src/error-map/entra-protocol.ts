import type { MapEntry } from './map-entry.ts'

const REPORT = 'Report it with the details for support. What was stored before is kept.'

/** Requests that were made wrongly, and the weather: what Entra ID says about itself and about us. */
export const ENTRA_PROTOCOL: readonly MapEntry[] = [
  {
    codes: [28000, 28002, 28003, 70011, 700022, 1002012],
    who: 'postkey',
    cause: 'The scopes that Postkey asked for do not go together, or one of them does not exist in this cloud.',
    where: `Compare the cloud of the Cloud Provider with the address of your portal. If it is right: ${REPORT}`,
  },
  {
    codes: [50059, 50128, 90019],
    who: 'app-developer',
    cause: 'Microsoft could not tell which organization is meant.',
    where: 'In Postkey open the Cloud Provider and compare Directory (tenant) ID with Entra ID, Overview.',
  },
  {
    codes: [50147, 501481, 501491],
    who: 'person',
    cause: 'Beginning and end of the sign-in do not belong together (PKCE), as when it was begun twice.',
    where: 'Begin the sign-in anew in one window. If it comes again, report it with the details for support.',
  },
  {
    codes: [70003, 70005, 700054, 70007, 90014, 900144, 90015, 90023, 900561, 901002, 240002],
    who: 'postkey',
    cause: 'Microsoft did not understand the request: something in it is missing, too long or not allowed.',
    where: REPORT,
  },
  {
    codes: [90133, 9001023],
    who: 'app-developer',
    cause: 'What the application asks for by itself, without a person, is answered for a named organization only.',
    where: 'In Postkey open the Cloud Provider and see that it has the Directory (tenant) ID of the organization.',
  },
  {
    codes: [70016],
    who: 'person',
    cause: 'The code for another device was not entered yet.',
    where: 'Open the address that is shown with the code, enter the code, and sign in as {person}.',
  },
  {
    codes: [70017, 70018, 70019, 70020],
    who: 'person',
    cause: 'The code for another device is over, was declined or is not the one that was shown.',
    where: 'Begin anew and enter the new code within fifteen minutes.',
  },
  {
    codes: [50033, 90006, 90012, 90024, 90033],
    who: 'microsoft',
    cause: 'The sign-in service has trouble of its own.',
    where:
      'Nothing to do: Postkey tries again with growing pauses. If it lasts an hour, look at Health, Service health in the Microsoft 365 admin center.',
  },
  {
    codes: [90055],
    who: 'microsoft',
    cause:
      'The organization {tenantId} asks the sign-in service for more than it allows, with all its applications together.',
    where: 'Nothing to do: Postkey waits and tries again. If it lasts, look for a program that signs in without end.',
  },
  {
    codes: [50196],
    who: 'postkey',
    cause: 'The same request came too often in a short time, and Microsoft took it for a loop.',
    where: `Postkey waits and tries again. If it comes again, is there a second Postkey on the same registration? Otherwise: ${REPORT}`,
  },
  {
    codes: [1002016],
    who: 'app-developer',
    cause: 'The connection used an old TLS: a proxy between this machine and Microsoft speaks less than TLS 1.2.',
    where:
      'Let the proxy pass connections to the sign-in service on unread, or set it to TLS 1.2 or newer. The doctor names the issuer of the certificate that arrives here.',
  },
]
