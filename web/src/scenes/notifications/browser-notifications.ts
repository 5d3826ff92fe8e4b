/**
 * Notifications of the browser and a sound, for new entries while no window of Postkey has the focus. Tabs coordinate by
 * Web Locks and the storage of the browser, so that each entry appears once. Only on https or localhost: elsewhere,
 * browsers offer neither locks nor notifications.
 *
 * @see https://www.w3.org/TR/web-locks/
 */
import type { Notification as Entry } from '../../api/client.ts'
import { words } from '../../words/index.ts'
import { notificationLine } from './notification-line.ts'
import { playTone } from './tone.ts'

/** Held, in shared mode, by each tab that has the focus. */
const FOCUSED = 'postkey-focused'
const SHOWING = 'postkey-showing-notifications'
/** More entries at a time become one notification. */
const MOST_SHOWN = 3

export interface Shown {
  personId: string
  isShown: boolean
  isHeard: boolean
  open: (entry: Entry) => void
}

export function canNotify(): boolean {
  return 'Notification' in window && 'locks' in navigator
}

/** Lets other tabs know while this one has the focus. Returns a function that ends it. */
export function announceFocus(): () => void {
  let release: (() => void) | undefined
  const update = () => {
    if (!document.hasFocus()) {
      release?.()
      release = undefined
    } else if (!release) {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      release = () => resolve(undefined)
      void navigator.locks.request(FOCUSED, { mode: 'shared' }, () => promise)
    }
  }
  update()
  window.addEventListener('focus', update)
  window.addEventListener('blur', update)
  return () => {
    window.removeEventListener('focus', update)
    window.removeEventListener('blur', update)
    release?.()
  }
}

/** Shows unread entries after `since` that no tab has shown, unless a window has the focus. */
export async function showEntries(entries: readonly Entry[], since: number, shown: Shown): Promise<void> {
  await navigator.locks.request(SHOWING, async () => {
    const key = `postkey:notified:${shown.personId}`
    const last = Math.max(since, Number(localStorage.getItem(key) ?? 0))
    const fresh = entries.filter(({ id, readAt }) => id > last && readAt === undefined)
    if (fresh.length === 0) return
    localStorage.setItem(key, String(Math.max(...fresh.map(({ id }) => id))))
    const { held = [] } = await navigator.locks.query()
    if (held.some(({ name }) => name === FOCUSED)) return
    if (shown.isHeard) playTone()
    if (!shown.isShown || Notification.permission !== 'granted') return
    if (fresh.length <= MOST_SHOWN) fresh.toReversed().forEach((entry) => show(notificationLine(entry), entry, shown))
    else show(words.notifications.many(fresh.length), fresh[0]!, shown)
  })
}

function show(title: string, entry: Entry, { open }: Shown): void {
  const body = entry.subject || words.notifications.noSubject
  const notification = new Notification(title, { body, tag: `postkey-${entry.id}`, icon: '/icon.svg' })
  notification.onclick = () => {
    window.focus()
    notification.close()
    open(entry)
  }
}
