import type { Who } from './map-entry.ts'

/** Completes "Who can fix it:". A known person is named instead. */
export const WHO_WORDS: Readonly<Record<Who, string>> = {
  person: 'the user who signs in',
  'entra-admin': 'an admin of Microsoft 365 in the organization',
  'app-developer': 'the owner of the app registration in Entra ID',
  microsoft: 'Microsoft; nothing to do',
  postkey: 'the makers of Postkey',
}
