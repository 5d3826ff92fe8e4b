/** Quotes untrusted text as one word of a command. */

/** For bash. Between single quotes, only the single quote is special. */
export const sh = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** For PowerShell, which treats typographic quotes as single quotes too. */
export const ps = (text: string) => `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`
