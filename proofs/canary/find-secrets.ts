/** Finds secrets in texts that should not contain them. */

export interface NamedSecret {
  /** Name for the report. The secret itself is never shown. */
  name: string
  value: string
  /** Names of the texts that may contain it: the one response that returns it. */
  mayBeIn?: readonly string[]
}

export interface NamedText {
  name: string
  text: string
}

export interface Find {
  secret: string
  /** Name of the text that contains it. */
  text: string
  /** Encoding in which it was found. */
  form: string
  /** Text before it, to locate the place. */
  before: string
}

/** Minimum length; shorter ones would be found by chance. */
const SHORTEST = 8
/** Long secrets are searched in parts, so that a truncated one is found too. */
const LONG = 80
const PART = 40

export function findSecrets(texts: readonly NamedText[], secrets: readonly NamedSecret[]): Find[] {
  const sought = secrets.flatMap((secret) =>
    formsOf(secret.value).map(([form, written]) => ({ secret, form, written })),
  )
  return texts.flatMap(({ name, text }) => {
    const found = new Map<NamedSecret, Find>()
    for (const { secret, form, written } of sought) {
      if (found.has(secret) || secret.mayBeIn?.includes(name)) continue
      const at = text.indexOf(written)
      if (at < 0) continue
      found.set(secret, { secret: secret.name, text: name, form, before: text.slice(Math.max(0, at - 60), at) })
    }
    return [...found.values()]
  })
}

/** All known encodings of `value`, by name. */
function formsOf(value: string): [form: string, written: string][] {
  if (value.length < SHORTEST) throw new TypeError(`a secret of ${value.length} characters would be found by chance`)
  const forms = partsOf(value).flatMap((part): [string, string][] => {
    const percent = encodeURIComponent(part)
    return [
      ['as it is', part],
      ['percent-encoded', percent],
      ['percent-encoded', percent.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase())],
      ['form-encoded', new URLSearchParams({ '': part }).toString().slice(1)],
      ['as JSON', JSON.stringify(part).slice(1, -1)],
      ['as HTML', part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
      ['hexadecimal', Buffer.from(part).toString('hex')],
      ...base64Of(part).flatMap((written): [string, string][] => [
        ['base64', written],
        ['base64url', written.replaceAll('+', '-').replaceAll('/', '_')],
      ]),
    ]
  })
  // The first of several equal forms.
  return [...new Map(forms.toReversed().map((form) => [form[1], form])).values()]
}

/**
 * Parts of a secret to search for. A JWT (RFC 7519) counts by its signature only: its claims occur elsewhere too and
 * open nothing.
 */
function partsOf(value: string): string[] {
  if (value.length < LONG) return [value]
  const signature = /^[\w-]+\.[\w-]+\.([\w-]{80,})$/.exec(value)?.[1]
  const start = Math.floor((value.length - PART) / 2)
  return [signature?.slice(0, PART) ?? value.slice(start, start + PART), value.slice(-PART)]
}

/** Base64 at any offset in the encoded text, without the characters shared with its neighbors. */
function base64Of(part: string): string[] {
  return [0, 1, 2].map((shift) => {
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(part)])
    const encoded = bytes.toString('base64').replace(/=+$/, '')
    return encoded.slice(Math.ceil((shift * 8) / 6), bytes.length % 3 === 0 ? undefined : -1)
  })
}
