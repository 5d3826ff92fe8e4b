/**
 * MIME: converts mail between bytes and parts. Parses received messages and composes sent ones; no state and no I/O.
 *
 * Tables: none.
 */
export type * from './message-content.ts'
export { addressField } from './address-field.ts'
export { amendHeader } from './amend-header.ts'
export { type ComposeOptions, composeMime, removePrefixes } from './compose-mime.ts'
export {
  fieldValue,
  type HeaderBlock,
  isFieldName,
  oneLine,
  readHeaderBlock,
  withoutControls,
} from './header-fields.ts'
export { htmlToText, createPreview } from './html-text.ts'
export { messageIds, type ParsedMime, parseMime } from './parse-mime.ts'
