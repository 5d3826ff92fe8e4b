/** Why the store refuses; each protocol has its own words for it. */
export type MailStoreRefusal =
  /** No such folder, message or attachment in this mailbox. */
  | 'not-found'
  /** A folder of that name is there already (Graph: `ErrorFolderExists`). */
  | 'folder-exists'
  /** Not 1 to 255 characters, or control characters in it. */
  | 'folder-name-invalid'
  /** Deeper than 300 levels. */
  | 'folder-too-deep'
  /** A folder would stand inside itself. */
  | 'folder-inside-itself'
  /** Well-known folders are not removed, moved or renamed (Graph: `ErrorDeleteDistinguishedFolder`). */
  | 'folder-well-known'
  /** Graph: `ErrorMessageSizeExceeded`; SMTP: 552 5.3.4. */
  | 'message-too-large'
  /** More than 250. */
  | 'too-many-attachments'

/** Everything the store throws for what was asked of it; anything else it throws is a bug. */
export class MailStoreError extends Error {
  override readonly name = 'MailStoreError'
  readonly refusal: MailStoreRefusal

  constructor(refusal: MailStoreRefusal, message: string) {
    super(message)
    this.refusal = refusal
  }
}
