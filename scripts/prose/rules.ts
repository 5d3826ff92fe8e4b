/** Machine-checked rules for prose. The wording guide is `CONTRIBUTING.md`; `GLOSSARY.md` covers identifiers. */

/** A text starts with a noun or an imperative verb, never with a free relative clause. */
const OPENING = /^(what|whatever|whether|who|whoever|whom|whomever|whose|where|how|of|that|which)\b/i
/** Headings and labels that are idiomatic English. */
const ALLOWED_OPENINGS = /^(how to \w|who can \w)/i

export interface BannedTerm {
  pattern: RegExp
  instead: string
}

export const BANNED_TERMS: readonly BannedTerm[] = [
  {
    pattern: /\b(?:whoever|whomever|somebody|nobody|anybody)\b/i,
    instead: 'the component or the role; in the UI "no one", "someone"',
  },
  { pattern: /\broads?\b/i, instead: 'protocol' },
  { pattern: /\bopeners?\b/i, instead: 'principal' },
  { pattern: /\bstands?[ -]by\b|\bstood by\b/i, instead: 'backup, backup sign-in' },
  { pattern: /\bdeeds?\b/i, instead: 'action' },
  { pattern: /\bweather\b/i, instead: 'transient error' },
  { pattern: /\bcargo\b/i, instead: 'parameter, slice, buffer' },
  { pattern: /\bthr(?:ows?|own|owing|ew) away\b/i, instead: 'discard' },
  { pattern: /\bt(?:akes?|ook|aken|aking) back\b/i, instead: 'cancel, withdraw, revert' },
  { pattern: /\b(?:the|a|an|its|whose) fences?\b/i, instead: 'fencing token' },
  { pattern: /\bset-up\b/i, instead: 'setup' },
  { pattern: /\bend dates?\b/i, instead: 'expiry date' },
  { pattern: /\bmarks? of the way\b/i, instead: 'trace headers' },
  { pattern: /\banew\b/i, instead: 'again' },
  { pattern: /\bI am at it\b/i, instead: 'acknowledge' },
]

export interface Complaint {
  /** Words that break the rule. */
  found: string
  advice: string
}

/** All rule violations of one text. Questions may start with a question word. */
export function proseComplaints(text: string): Complaint[] {
  const complaints: Complaint[] = []
  const opening = OPENING.exec(text)?.[0]
  if (opening && !isQuestion(text) && !ALLOWED_OPENINGS.test(text)) {
    complaints.push({ found: opening, advice: 'Start with a noun or an imperative verb.' })
  }
  for (const { pattern, instead } of BANNED_TERMS) {
    const found = pattern.exec(text)?.[0]
    if (found) complaints.push({ found, advice: `Write ${instead}.` })
  }
  return complaints
}

/** Returns true if the first sentence ends with a question mark. */
function isQuestion(text: string): boolean {
  return /^[^.!]*\?/.test(text)
}
