import { BOUNDS } from './bounds.ts'
import { decompressRtf } from './compressed-rtf.ts'
import { readProperties, decodeCodePage, type MapiProperty } from './mapi-properties.ts'

/** Content of a winmail.dat of Outlook. */
export interface Tnef {
  text: string | undefined
  html: string | undefined
  attachments: readonly TnefAttachment[]
  /** True when it is truncated or its lengths are wrong: the content before that point is included. */
  broken: boolean
}

export interface TnefAttachment {
  name: string | undefined
  contentType: string | undefined
  contentId: string | undefined
  content: Buffer
}

const SIGNATURE = 0x223e9f78
const ATTRIBUTE = {
  body: 0x800c,
  messageProperties: 0x9003,
  codePage: 0x9007,
  attachmentBegins: 0x9002,
  attachmentTitle: 0x8010,
  attachmentContent: 0x800f,
  attachmentProperties: 0x9005,
} as const
const PROPERTY = {
  body: 0x1000,
  html: 0x1013,
  compressedRtf: 0x1009,
  internetCodePage: 0x3fde,
  attachContent: 0x3701,
  attachFileName: 0x3704,
  attachMethod: 0x3705,
  attachLongFileName: 0x3707,
  attachMimeTag: 0x370e,
  attachContentId: 0x3712,
  displayName: 0x3001,
} as const
const METHOD_EMBEDDED_MESSAGE = 5
const DEEPEST = 3

/**
 * Reads TNEF, Outlook's container for data that MIME can't express: [MS-OXTNEF] §2.1.3. Every length is checked against
 * the available bytes. Attachments of nested messages are added to the outer message, up to three levels deep.
 */
export function readTnef(bytes: Buffer, depth = 0): Tnef | undefined {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== SIGNATURE) return undefined
  let [at, broken, codePage] = [6, false, 1252]
  let [body, html]: (string | undefined)[] = []
  const attachments: TnefAttachment[] = []
  let open: { title?: string; content?: Buffer; properties?: Map<number, MapiProperty> } | undefined
  const close = () => {
    if (open) attachments.push(...attachmentsOf(open, depth, codePage))
    open = undefined
  }
  while (at + 9 <= bytes.length && attachments.length < BOUNDS.contained) {
    const id = bytes.readUInt16LE(at + 1)
    const length = bytes.readUInt32LE(at + 5)
    const start = at + 9
    if (start + length > bytes.length) {
      broken = true
      break
    }
    const content = bytes.subarray(start, start + length)
    // A checksum of two bytes follows; Outlook itself doesn't verify it.
    at = start + length + 2
    switch (id) {
      case ATTRIBUTE.codePage:
        if (length >= 4) codePage = content.readUInt32LE(0)
        break
      case ATTRIBUTE.body:
        body ??= decodeCodePage(content, codePage)
        break
      case ATTRIBUTE.messageProperties: {
        const properties = readProperties(content)
        broken ||= properties.broken
        const pageOfHtml = properties.found.get(PROPERTY.internetCodePage)?.number ?? codePage
        body = stringOf(properties.found.get(PROPERTY.body), codePage) ?? body
        html = stringOf(properties.found.get(PROPERTY.html), pageOfHtml) ?? html
        const rtf = properties.found.get(PROPERTY.compressedRtf)?.bytes
        const plain = rtf && body === undefined && html === undefined ? decompressRtf(rtf) : undefined
        if (plain)
          attachments.push({
            name: 'message.rtf',
            contentType: 'application/rtf',
            contentId: undefined,
            content: plain,
          })
        break
      }
      case ATTRIBUTE.attachmentBegins:
        close()
        open = {}
        break
      case ATTRIBUTE.attachmentTitle:
        if (open) open.title = decodeCodePage(content, codePage)
        break
      case ATTRIBUTE.attachmentContent:
        if (open) open.content = content
        break
      case ATTRIBUTE.attachmentProperties: {
        const properties = readProperties(content)
        broken ||= properties.broken
        if (open) open.properties = properties.found
        break
      }
    }
  }
  close()
  return { text: body, html, attachments: attachments.slice(0, BOUNDS.contained), broken }
}

function attachmentsOf(
  {
    title,
    content,
    properties = new Map<number, MapiProperty>(),
  }: { title?: string; content?: Buffer; properties?: Map<number, MapiProperty> },
  depth: number,
  codePage: number,
): TnefAttachment[] {
  const string = (id: number) => stringOf(properties.get(id), codePage)
  const name =
    string(PROPERTY.attachLongFileName) ?? string(PROPERTY.displayName) ?? title ?? string(PROPERTY.attachFileName)
  const object = properties.get(PROPERTY.attachContent)?.bytes
  if (properties.get(PROPERTY.attachMethod)?.number === METHOD_EMBEDDED_MESSAGE && object) {
    // A nested TNEF follows the interface identifier of 16 bytes.
    const inner = depth < DEEPEST ? readTnef(object.subarray(16), depth + 1) : undefined
    if (inner) return [...asText(inner, name), ...inner.attachments]
  }
  const found = content ?? object
  if (!found) return []
  return [
    {
      name,
      contentType: string(PROPERTY.attachMimeTag),
      contentId: string(PROPERTY.attachContentId)?.replaceAll(/^<|>$/g, ''),
      content: found,
    },
  ]
}

/** Returns the text of a nested message as a file, because it has no other place. */
function asText({ text, html }: Tnef, name: string | undefined): TnefAttachment[] {
  const content = html ?? text
  if (content === undefined) return []
  const [contentType, ending] = html === undefined ? ['text/plain', 'txt'] : ['text/html', 'html']
  return [{ name: `${name ?? 'message'}.${ending}`, contentType, contentId: undefined, content: Buffer.from(content) }]
}

function stringOf(property: MapiProperty | undefined, codePage: number): string | undefined {
  if (!property?.bytes) return undefined
  return property.isUnicode
    ? property.bytes.toString('utf16le').replaceAll('\0', '')
    : decodeCodePage(property.bytes, codePage)
}
