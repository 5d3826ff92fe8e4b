import type { Who } from './map-entry.ts'

/** For sentences that begin with "Who can end it:". A person is called by name where it is known. */
export const WHO_WORDS: Readonly<Record<Who, string>> = {
  person: 'the person who signs in',
  'entra-admin': 'an admin of Microsoft 365 in the organization',
  'app-developer': 'whoever keeps the app registration in Entra ID',
  microsoft: 'Microsoft; nobody has to do anything',
  postkey: 'the makers of Postkey',
}
