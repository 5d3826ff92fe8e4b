import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { getNotificationsPreferencesOptions, type Notification } from '../../api/client.ts'
import { clock } from '../../clock.ts'
import { useMe } from '../../session/session.ts'
import { announceFocus, canNotify, showEntries } from './browser-notifications.ts'
import { isQuiet } from './quiet-time.ts'
import { useBrowserSettings } from './use-browser-settings.ts'

/** Shows entries that arrive while this page is open. It renders nothing. */
export function BrowserNotices({ entries }: { entries: readonly Notification[] }) {
  const { isShown, isHeard } = useBrowserSettings()
  const { id: personId } = useMe()
  const navigate = useNavigate()
  const { data: preferences } = useQuery(getNotificationsPreferencesOptions())
  /** The newest entry when the page was opened. */
  const since = useRef(entries[0]?.id ?? 0)

  useEffect(() => (canNotify() ? announceFocus() : undefined), [])

  useEffect(() => {
    if (!canNotify() || !preferences) return
    // Entries of quiet hours count as shown, so that they don't all appear at their end.
    const isAllowed = !isQuiet(preferences, clock.now())
    void showEntries(entries, since.current, {
      ...{ personId, isShown: isShown && isAllowed, isHeard: isHeard && isAllowed },
      open: ({ conversationId, emailAccountId }) =>
        void (conversationId === undefined
          ? navigate({ to: '/inbox', search: { view: 'all', account: emailAccountId, q: undefined } })
          : navigate({ to: '/inbox/$conversationId', params: { conversationId }, search: {} })),
    })
  }, [entries, preferences, personId, isShown, isHeard, navigate])

  return undefined
}
