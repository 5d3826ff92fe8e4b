import { words } from '../../words/index.ts'

/** Author of automatic replies. */
const BY_ITSELF = 'automatic-reply'

/** Name of an author that is no person; undefined for people. */
export function nameOfProgram(id: string): string | undefined {
  if (id === BY_ITSELF) return words.inbox.byItself
  return id.startsWith('api-key:') ? words.inbox.program : undefined
}
