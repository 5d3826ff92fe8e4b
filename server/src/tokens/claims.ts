/**
 * Claims that an access token is asked for with: what we can do, and what a challenge wants.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */

type Json = { readonly [name: string]: unknown }

/**
 * We understand claims challenges. Microsoft then gives tokens for 20 to 28 hours, takes them back within minutes when
 * something happens, and says by a challenge what the next one must have.
 */
const CAPABILITIES: Json = { access_token: { xms_cc: { values: ['cp1'] } } }

/** More than any challenge has, and less than an address of a sign-in page can carry. */
const LONGEST = 4000

/** The parameter `claims`: our capabilities, and below them each challenge that is an object of JSON. */
export function claimsParameter(...challenges: (string | undefined)[]): string {
  return JSON.stringify(challenges.reduce<Json>((all, text) => merge(all, readClaims(text) ?? {}), CAPABILITIES))
}

/** A challenge as it is kept; `undefined` when it is none. */
export function challengeOf(text: string | undefined): string | undefined {
  return readClaims(text) && text
}

function readClaims(text: string | undefined): Json | undefined {
  if (text === undefined || text.length > LONGEST) return undefined
  try {
    const claims: unknown = JSON.parse(text)
    return isObject(claims) ? claims : undefined
  } catch {
    return undefined
  }
}

/** Objects are united, anything else is the later one's. What we can do is kept whatever a challenge says. */
function merge(one: Json, other: Json): Json {
  const merged: Record<string, unknown> = { ...one }
  for (const [name, value] of Object.entries(other)) {
    const known = merged[name]
    if (name === 'xms_cc' && known !== undefined) continue
    Object.defineProperty(merged, name, {
      value: isObject(known) && isObject(value) ? merge(known, value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return merged
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
