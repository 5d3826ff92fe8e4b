/**
 * Claims of a token request: our capabilities and those required by a challenge.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/claims-challenge
 */

type Json = { readonly [name: string]: unknown }

/**
 * Capability to handle claims challenges. With it, Microsoft issues tokens for 20 to 28 hours and revokes them within
 * minutes after an event. A challenge then states what the next token must contain.
 */
const CAPABILITIES: Json = { access_token: { xms_cc: { values: ['cp1'] } } }

/** Maximum length. Longer than any challenge, and short enough for the URL of a sign-in page. */
const LONGEST = 4000

/** Value of the parameter `claims`: our capabilities, merged with each challenge that is a JSON object. */
export function claimsParameter(...challenges: (string | undefined)[]): string {
  return JSON.stringify(challenges.reduce<Json>((all, text) => merge(all, readClaims(text) ?? {}), CAPABILITIES))
}

/** Returns the challenge to store, or `undefined` if it is invalid. */
export function parseChallenge(text: string | undefined): string | undefined {
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

/** Merges objects recursively; otherwise the later value wins. Our capabilities can't be overwritten. */
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
