/**
 * Tells a person from an API key. Authors of answers, notes, drafts and texts are the id of a person, or `api-key:` and
 * the id of a key.
 *
 * @returns true for a person
 */
export function isPerson(author: string): boolean {
  return !author.startsWith('api-key:')
}

/** The author in events and in the audit: `person:` or `api-key:`, and an id. */
export function actorOf(author: string): string {
  return isPerson(author) ? `person:${author}` : author
}
