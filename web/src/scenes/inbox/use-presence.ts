import { useDocumentVisibility } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import {
  deleteConversationsIdPresence,
  getConversationsIdPresence,
  putConversationsIdPresence,
  type Viewer,
} from '../../api/client.ts'
import { onPresence } from '../../api/live-events.ts'
import { keepPresence } from './presence.ts'

const NOBODY: readonly Viewer[] = []

/**
 * Reports that a conversation is open in a visible window, and returns the other viewers.
 *
 * @param id  undefined without access to it
 */
export function usePresence(id: string | undefined, activity: Viewer['activity']): readonly Viewer[] {
  const isVisible = useDocumentVisibility() === 'visible'
  const [viewers, setViewers] = useState(NOBODY)

  useEffect(() => {
    if (!isVisible || id === undefined) return
    const path = { id }
    return keepPresence(
      {
        report: async () => (await putConversationsIdPresence({ path, body: { activity } })).data.viewers,
        list: async () => (await getConversationsIdPresence({ path })).data.viewers,
        onChange: (listener) => onPresence((changed) => changed === id && listener()),
      },
      setViewers,
    )
  }, [id, isVisible, activity])

  useEffect(() => {
    if (!isVisible || id === undefined) return
    // `keepalive`: also when the window closes.
    const leave = () => void deleteConversationsIdPresence({ path: { id }, keepalive: true }).catch(() => undefined)
    window.addEventListener('pagehide', leave)
    return () => {
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [id, isVisible])

  return viewers
}
