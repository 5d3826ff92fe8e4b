/** Prefixes of replies and forwards in mail programs: up to three letters, some with a number. */
const PREFIXES = /^(?:\s*\p{L}{1,3}(?:\[\d+\])?\s*[:：])+/u

/** Subject of a message that differs from its conversation's; undefined when it is the same. */
export function otherSubject(subject: string, conversationSubject: string): string | undefined {
  const plain = (text: string) => text.replace(PREFIXES, '').trim().toLowerCase()
  return subject.trim() === '' || plain(subject) === plain(conversationSubject) ? undefined : subject
}
