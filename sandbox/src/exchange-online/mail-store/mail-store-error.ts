/** Reason of a refusal by the store; each protocol maps it to its own error. */
export type MailStoreRefusal =
  /** No such folder, message or attachment in this mailbox. */
  | 'not-found'
  /** A folder with that name already exists (Graph: `ErrorFolderExists`). */
  | 'folder-exists'
  /** Empty, longer than 255 characters, or with control characters. */
  | 'folder-name-invalid'
  /** Deeper than 300 levels. */
  | 'folder-too-deep'
  /** A folder would become its own descendant. */
  | 'folder-inside-itself'
  /** Well-known folders can't be removed, moved or renamed (Graph: `ErrorDeleteDistinguishedFolder`). */
  | 'folder-well-known'
  /** Graph: `ErrorMessageSizeExceeded`; SMTP: 552 5.3.4. */
  | 'message-too-large'
  /** More than 250. */
  | 'too-many-attachments'

/** Thrown for every invalid request to the store; any other exception is a bug. */
export class MailStoreError extends Error {
  override readonly name = 'MailStoreError'
  readonly refusal: MailStoreRefusal

  constructor(refusal: MailStoreRefusal, message: string) {
    super(message)
    this.refusal = refusal
  }
}
