/** Prefixes of replies and forwards in mail programs: up to three letters, some with a number. */
const PREFIXES = /^(?:\s*\p{L}{1,3}(?:\[\d+\])?\s*[:：])+/u

/** The subject of a message in a conversation that is called otherwise; undefined where the head of the page says it. */
export function otherSubject(subject: string, conversationSubject: string): string | undefined {
  const plain = (text: string) => text.replace(PREFIXES, '').trim().toLowerCase()
  return subject.trim() === '' || plain(subject) === plain(conversationSubject) ? undefined : subject
}
