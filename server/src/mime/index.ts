/**
 * Parsing of message sources (RFC 5322, RFC 2045) within limits, on threads that can be terminated without losing mail.
 * Also classifies messages: automatic, a bounce, an invitation, signed. Owns no table and opens no connections. Used by
 * IMAP, and wherever a source is stored.
 */
export type { ParsedMessage, ParseHints } from './parsed-message.ts'
export { createParser } from './parser.ts'
export type { Parser, ParserOptions } from './parser.ts'
export { readAddresses } from './addresses.ts'
export type { SourceOrigin } from './recent-sources.ts'
