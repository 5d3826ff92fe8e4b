/** Where a message goes when it is sent: to mailboxes here and to the world outside. */
export interface Transport {
  /**
   * Takes over one message. Throws a typed error when it is too large or a recipient cannot be reached; then
   * nothing was delivered.
   */
  submit(submission: {
    /** Whose mailbox sends. */
    mailboxId: string
    /** Object id of the person who asks; `undefined` when an application does. */
    callerId: string | undefined
    envelope: { from: string; to: string[] }
    mime: Uint8Array
  }): Promise<void>
}
