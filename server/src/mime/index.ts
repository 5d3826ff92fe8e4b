/**
 * Mime: a message as its bytes became a message as it is shown. Reads the source (RFC 5322, RFC 2045) within bounds, on
 * threads that may die without anybody's mail being lost, and says what the message is: automatic, a bounce, an
 * invitation, signed. Owns no table and talks to nobody. IMAP reads with it, and so does whatever keeps a source.
 */
export type { ParsedMessage, ParseHints } from './parsed-message.ts'
export { createParser } from './parser.ts'
export type { Parser, ParserOptions } from './parser.ts'
export { readAddresses } from './addresses.ts'
export type { SourceOrigin } from './recent-sources.ts'
