/** Opens a page to print a conversation, or one of its messages, and the print dialog of the browser. */
export function printPage(conversationId: string, messageId?: string): void {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  const query = new URLSearchParams({ timeZone, ...(messageId !== undefined && { message: messageId }) })
  const page = window.open(`/v1/conversations/${conversationId}/print?${query.toString()}`, '_blank')
  // The page runs no script, so it can't open the dialog itself.
  page?.addEventListener('load', () => page.print())
}
