import { fieldValue } from '../mime/index.ts'
import { nstring, quoted } from './arguments.ts'
import { formatEnvelope, wireText } from './envelope.ts'
import { type MimePart, readParameters } from './mime-tree.ts'

/** `BODYSTRUCTURE`, or `BODY` without the extension data. @see RFC 3501 §7.4.2 */
export function bodyStructure(bytes: Buffer, part: MimePart, extended: boolean): string {
  const subtype = quoted(part.type.split('/')[1] ?? '')
  if (part.children.length > 0) {
    const inside = part.children.map((child) => bodyStructure(bytes, child, extended)).join('')
    return `(${inside} ${subtype}${extended ? ` ${parameterList(part.parameters)} ${disposition(part)} ${language(part)} NIL` : ''})`
  }
  const field = (name: string) => nstring(wireText(fieldValue(part.fields, name)))
  const basic = [
    quoted(part.type.split('/')[0]!),
    subtype,
    parameterList(withCharset(part)),
    field('content-id'),
    field('content-description'),
    quoted(wireText(fieldValue(part.fields, 'content-transfer-encoding'))?.trim() || '7bit'),
    String(part.end - part.bodyStart),
  ]
  if (part.message) {
    basic.push(formatEnvelope(part.message.fields), bodyStructure(bytes, part.message, extended), lines(bytes, part))
  } else if (part.type.startsWith('text/')) basic.push(lines(bytes, part))
  if (extended) basic.push(field('content-md5'), disposition(part), language(part), 'NIL')
  return `(${basic.join(' ')})`
}

/** Parameters with a character set: text without one is US-ASCII (RFC 2045 §5.2), and servers report it. */
function withCharset({ type, parameters }: MimePart): Readonly<Record<string, string>> {
  return type.startsWith('text/') && parameters['charset'] === undefined
    ? { charset: 'us-ascii', ...parameters }
    : parameters
}

function parameterList(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => `${quoted(name)} ${quoted(wireText(value)!)}`)
  return pairs.length === 0 ? 'NIL' : `(${pairs.join(' ')})`
}

function disposition({ fields }: MimePart): string {
  const { value, parameters } = readParameters(fieldValue(fields, 'content-disposition') ?? '')
  return value === '' ? 'NIL' : `(${quoted(wireText(value)!)} ${parameterList(parameters)})`
}

/** One language, or a list of them. */
function language({ fields }: MimePart): string {
  const tags = (wireText(fieldValue(fields, 'content-language')) ?? '').split(',').map((tag) => tag.trim())
  const named = tags.filter(Boolean).slice(0, 20)
  return named.length > 1 ? `(${named.map(quoted).join(' ')})` : nstring(named[0])
}

function lines(bytes: Buffer, { bodyStart, end }: MimePart): string {
  let count = 0
  for (let at = bytes.indexOf(0x0a, bodyStart); at !== -1 && at < end; at = bytes.indexOf(0x0a, at + 1)) count++
  return String(count)
}
