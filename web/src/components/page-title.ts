/** Title and icon of the tab: `(3) Inbox · Postkey`, and a dot on the icon while the number is not zero. */
import { useEffect } from 'react'
import { words } from '../words/index.ts'

let title: string = words.productName
let count = 0

/** Sets the title while the component is mounted. */
export function usePageTitle(name: string): void {
  useEffect(() => {
    title = `${name} · ${words.productName}`
    show()
  }, [name])
}

/** Sets the number before the title. */
export function setTitleCount(wanted: number): void {
  if (wanted === count) return
  count = wanted
  show()
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (icon) icon.href = count > 0 ? '/icon-news.svg' : '/icon.svg'
}

function show(): void {
  document.title = count > 0 ? `(${count}) ${title}` : title
}
