import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { endAwaiting } from '../../keyboard/awaited-field.ts'
import { LoadingField } from './composer/loading-field.tsx'
import { lazyForm } from './lazy-form.ts'
import type { NoteFormProps } from './note-form.tsx'

export const noteFormQuery = lazyForm('note form', () => import('./note-form.tsx'))

/** Form for a note, whose code is loaded when it is needed. */
export function NoteDock(props: NoteFormProps) {
  const { data, error } = useQuery(noteFormQuery)
  const failed = !data && error !== null
  useEffect(() => {
    if (failed) endAwaiting()
  }, [failed])
  if (data) return <data.NoteForm {...props} />
  // Chromium remembers a failed import until the page is loaded again.
  if (error) return <ProblemNotice error={error} onRetry={() => location.reload()} />
  return <LoadingField />
}
