/** Text of anybody as one word of a command. */

/** For bash: nothing is special between single quotes but the single quote. */
export const sh = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** For PowerShell, which takes the typographic quotes for single quotes as well. */
export const ps = (text: string) => `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`
