/** Links to conversations of this Postkey, which open inside the inbox. */

/** Id of the conversation to which an address of this Postkey leads. */
export function conversationIn(href: string, origin: string): string | undefined {
  const url = URL.parse(href)
  if (url?.origin !== origin) return undefined
  return /^\/inbox\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\/?$/i.exec(url.pathname)?.[1]
}

/** Opens such links of a message's frame here. Others open in a new tab, as do those clicked with a key held. */
export function openInside(frame: Document, open: (conversationId: string) => void): void {
  frame.addEventListener('click', (clicked) => {
    const { ctrlKey, metaKey, shiftKey, altKey } = clicked
    if (ctrlKey || metaKey || shiftKey || altKey) return
    const link = (clicked.target as Element).closest('a')
    const conversationId = link ? conversationIn(link.href, location.origin) : undefined
    if (conversationId === undefined) return
    clicked.preventDefault()
    open(conversationId)
  })
}
