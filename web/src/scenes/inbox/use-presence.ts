import { useDocumentVisibility } from '@mantine/hooks'
import { useEffect, useState } from 'react'
import {
  deleteConversationsIdPresence,
  getConversationsIdPresence,
  putConversationsIdPresence,
  type Viewer,
} from '../../api/client.ts'
import { onPresence } from '../../api/live-events.ts'

/** The server forgets a viewer after 40 seconds. */
const REPORT_EVERY_MS = 15_000
const NOBODY: readonly Viewer[] = []

/**
 * Reports that a conversation is open in a visible window, and returns the other viewers. The event stream announces
 * changes; each report returns the others as well, to make up for lost events.
 */
export function usePresence(id: string, activity: Viewer['activity']): readonly Viewer[] {
  const isVisible = useDocumentVisibility() === 'visible'
  const [viewers, setViewers] = useState(NOBODY)

  useEffect(() => {
    if (!isVisible) return
    let isOver = false
    const show = (answer: Promise<{ data: { viewers: Viewer[] } }>) =>
      answer.then(
        ({ data }) => {
          if (!isOver) setViewers(data.viewers)
        },
        // Viewers are unknown without the server.
        () => {
          if (!isOver) setViewers(NOBODY)
        },
      )
    const report = () => void show(putConversationsIdPresence({ path: { id }, body: { activity } }))
    report()
    const timer = setInterval(report, REPORT_EVERY_MS)
    const stop = onPresence((changed) => {
      if (changed === id) void show(getConversationsIdPresence({ path: { id } }))
    })
    return () => {
      isOver = true
      clearInterval(timer)
      stop()
    }
  }, [id, isVisible, activity])

  useEffect(() => {
    if (!isVisible) return
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
