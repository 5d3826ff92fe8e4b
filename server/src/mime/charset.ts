import { TextDecoder } from 'node:util'
import chardet from 'chardet'
import iconv from 'iconv-lite'
import type { Findings } from './bounds.ts'
import { announcedCharset, decodeShifted, isShifted } from './shift-charsets.ts'
import { cutUtf8, isUtf8CutAtEnd, utf8 } from './utf8.ts'

/** Characters used for detection: enough to recognize a language, and more doesn't improve the guess. */
const DETECTED_FROM = 20_000
/** Minimum bytes for detection: shorter texts are ambiguous. */
const LEAST_DETECTABLE = 24
const LEAST_CONFIDENCE = 30

/** Charset names without meaning: mail programs use them for any content. */
const MEANS_NOTHING = new Set(['', 'us-ascii', 'ascii', 'ansi_x3.4-1968', 'unknown-8bit', 'x-unknown', 'unknown', 'default', 'binary', '8bit', '7bit', 'none', 'charset', 'default_charset', '_autodetect', 'x-user-defined', 'user-defined']) // prettier-ignore

/**
 * Names missing in the WHATWG's list, with their meaning. iconv-lite supports further ones, such as `cp850` and
 * `utf-7`.
 */
const ALSO_CALLED: Readonly<Record<string, string>> = {
  utf: 'utf-8',
  'utf-8mb4': 'utf-8',
  utf8mb4: 'utf-8',
  'unicode-1-1-utf-8': 'utf-8',
  cp932: 'shift_jis',
  'ms-932': 'shift_jis',
  cp936: 'gbk',
  'cp-936': 'gbk',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  'iso-8859-8-i': 'iso-8859-8',
  'iso-8859-11': 'windows-874',
  latin: 'windows-1252',
  'unicode-1-1-utf-7': 'utf-7',
  ...Object.fromEntries(
    ['euc-kr', 'euckr', 'x-euc-kr', 'cseuckr', 'ks_c_5601', 'ks_c_5601-1987', 'ks_c_5601-1989', 'ksc5601', 'ksc_5601', 'csksc56011987', 'korean', 'iso-ir-149', 'windows-949', 'x-windows-949', 'ms949', 'cp-949', 'uhc'].map((label) => [label, 'cp949']), // prettier-ignore
  ),
  ...Object.fromEntries(
    ['big5', 'big-5', 'cn-big5', 'csbig5', 'x-x-big5', 'big5-hkscs', 'big5_hkscs', 'big5-eten'].map((label) => [label, 'big5hkscs']), // prettier-ignore
  ),
}

/** Charsets decoded by iconv-lite: Node's decoders lack characters (UHC of Korean Windows, HKSCS). */
const BY_ICONV = new Set(['cp949', 'big5hkscs', 'cp950'])

/**
 * Decodes bytes as text. The order of attempts: a byte order mark; the declared charset; valid UTF-8; the detected
 * charset; windows-1252, in which every byte has a meaning. Valid UTF-8 beats a declared single-byte charset, because
 * text such as `Ã©` is very rare and wrong declarations are common. Never throws, and marks every byte it can't decode.
 */
export function decodeText(bytes: Uint8Array, declared: string | undefined, findings: Findings): string {
  const marked = byMark(bytes)
  if (marked) return marked.decoder.decode(bytes.subarray(marked.length))
  const label = normalized(declared)
  if (!MEANS_NOTHING.has(label)) {
    const text = byLabel(bytes, label, findings)
    if (text !== undefined) return text
  }
  const announced = announcedCharset(bytes)
  if (announced && !hasHighBytes(bytes)) return decodeAs(bytes, announced)!
  return utf8(bytes) ?? cutUtf8(bytes, false) ?? detected(bytes, findings)
}

function byLabel(bytes: Uint8Array, label: string, findings: Findings): string | undefined {
  if (label === 'utf-8' || label === 'utf8') {
    const text = utf8(bytes)
    if (text !== undefined) return text
    findings.defect('charset_wrong')
    const cut = cutUtf8(bytes, true)
    if (cut !== undefined) return cut
    const loose = new TextDecoder('utf-8').decode(bytes)
    // A few truncated characters don't rule out UTF-8.
    return [...loose.matchAll(/\ufffd/g)].length * 50 < loose.length ? loose : undefined
  }
  if (!isKnown(label)) {
    findings.defect('charset_unknown')
    return undefined
  }
  if (isOfOneByte(BY_ICONV.has(label) ? label : (decoderOf(label)?.encoding ?? label)) && hasHighBytes(bytes)) {
    const text = utf8(bytes) ?? (isUtf8CutAtEnd(bytes) ? cutUtf8(bytes, true) : undefined)
    if (text !== undefined) {
      findings.defect('charset_wrong')
      return text
    }
  }
  return decodeAs(bytes, label)
}

function detected(bytes: Uint8Array, findings: Findings): string {
  findings.defect('charset_wrong')
  const sample = bytes.subarray(0, DETECTED_FROM)
  const [best] = sample.length < LEAST_DETECTABLE ? [] : chardet.analyse(sample)
  const label = best && best.confidence >= LEAST_CONFIDENCE ? normalized(best.name) : undefined
  return (label && decodeAs(bytes, label)) || decoderOf('windows-1252')!.decode(bytes)
}

/** Decodes bytes; undefined when no decoder supports the label. */
function decodeAs(bytes: Uint8Array, label: string): string | undefined {
  if (isShifted(label)) return decodeShifted(bytes, label)
  const decoder = BY_ICONV.has(label) ? undefined : decoderOf(label)
  if (decoder) return decoder.decode(bytes)
  return isKnownToIconv(label) ? iconv.decode(Buffer.from(bytes), label) : undefined
}

function isKnown(label: string): boolean {
  return isShifted(label) || BY_ICONV.has(label) || decoderOf(label) !== undefined || isKnownToIconv(label)
}

function byMark(bytes: Uint8Array): { decoder: TextDecoder; length: number } | undefined {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return { decoder: new TextDecoder('utf-8'), length: 3 }
  if (a === 0xff && b === 0xfe) return { decoder: new TextDecoder('utf-16le'), length: 2 }
  if (a === 0xfe && b === 0xff) return { decoder: new TextDecoder('utf-16be'), length: 2 }
  return undefined
}

/**
 * Null when Node doesn't support the label. Only labels supported by Node or iconv-lite are cached, so the map stays
 * small.
 */
const decoders = new Map<string, TextDecoder>()

function decoderOf(label: string): TextDecoder | undefined {
  const known = decoders.get(label)
  if (known) return known
  try {
    const decoder = new TextDecoder(label)
    decoders.set(label, decoder)
    return decoder
  } catch {
    return undefined
  }
}

function isKnownToIconv(label: string): boolean {
  // iconv-lite also lists encodings that aren't charsets.
  return label.length < 40 && !/^(?:base64|hex|binary|internal)/.test(label) && iconv.encodingExists(label)
}

function isOfOneByte(encoding: string): boolean {
  return /^(?:windows-|iso-8859|macintosh|x-mac|koi8|ibm|cp(?:437|8\d\d|12\d\d))/.test(encoding)
}

function hasHighBytes(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte > 127)
}

/** Longer than any charset name with its quotes. */
const LONGEST_LABEL = 100

function normalized(label: string | undefined): string {
  const plain = (label ?? '')
    .slice(0, LONGEST_LABEL)
    .trim()
    .toLowerCase()
    .replaceAll(/^["']+|["';]+$/g, '')
    .replace(/^charset=/, '')
  return ALSO_CALLED[plain] ?? plain
}
