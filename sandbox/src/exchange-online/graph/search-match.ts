import { htmlToText } from '../mime/index.ts'
import type { Address, MailStore, Message } from '../mail-store/index.ts'
import { type SearchNode, wordsOf, type WordsProperty } from './search-words.ts'

/** True when the message satisfies the query. Reads only the parts that the query names. */
export function matches(node: SearchNode, message: Message, { attachments }: Pick<MailStore, 'attachments'>): boolean {
  const known = new Map<WordsProperty, string[][]>()
  return isTrue(node)

  function isTrue(each: SearchNode): boolean {
    switch (each.kind) {
      case 'and':
        return each.nodes.every(isTrue)
      case 'or':
        return each.nodes.some(isTrue)
      case 'not':
        return !isTrue(each.node)
      case 'words':
        return (each.property ? [each.property] : DEFAULTS)
          .flatMap(textsOf)
          .some((words) => hasSequence(words, each.words, each.prefix))
      case 'range':
        return each.from <= VALUES[each.property](message) && VALUES[each.property](message) < each.before
      case 'importance':
        return message.importance === each.value
      case 'has-attachment':
        return message.hasAttachments === each.value
      case 'all':
        return true
      case 'none':
        return false
    }
  }

  function textsOf(property: WordsProperty): string[][] {
    let texts = known.get(property)
    if (!texts) known.set(property, (texts = readTexts(property).map(wordsOf)))
    return texts
  }

  function readTexts(property: WordsProperty): string[] {
    const { subject, body, from, to, cc, bcc, key } = message
    switch (property) {
      case 'attachment':
        return attachments(key, { withContent: false }).map(({ name }) => name)
      case 'subject':
        return [subject]
      case 'body':
        return [body.contentType === 'html' ? htmlToText(body.content) : body.content]
      case 'from':
        return addressTexts(from ? [from] : [])
      case 'to':
        return addressTexts(to)
      case 'cc':
        return addressTexts(cc)
      case 'bcc':
        return addressTexts(bcc)
      case 'recipients':
        return addressTexts([...to, ...cc, ...bcc])
      case 'participants':
        return addressTexts([...(from ? [from] : []), ...to, ...cc, ...bcc])
    }
  }
}

const DEFAULTS: readonly WordsProperty[] = ['from', 'subject', 'body']
const VALUES = {
  received: ({ receivedAt }: Message) => receivedAt,
  sent: ({ sentAt }: Message) => sentAt,
  size: ({ sizeBytes }: Message) => sizeBytes,
}

/** Display name and address; the alias is the first word of the address. */
function addressTexts(addresses: readonly Address[]): string[] {
  return addresses.flatMap(({ name, address }) => [name, address])
}

function hasSequence(words: readonly string[], sought: readonly string[], prefix: boolean): boolean {
  return words.some((_word, start) =>
    sought.every((word, i) => {
      const found = words[start + i]
      return prefix && i === sought.length - 1 ? found?.startsWith(word) === true : found === word
    }),
  )
}
