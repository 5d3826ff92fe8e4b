import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { EntryPage } from '../entry/entry-page.tsx'

interface LinkPageProps<Preview> {
  token: string | undefined
  /** Contents of the link, as the server reads them. */
  preview: Pick<UseQueryResult<Preview>, 'data' | 'error' | 'refetch'>
  /** Title while the link is read, and of its error. */
  title?: string
  size: number
  /** Rows that stand in for the page while the link is read. */
  rows?: number
  children: (preview: Preview, token: string) => ReactNode
}

/** Page of a link for someone without a login: its contents, or the reason why it has none. */
export function LinkPage<Preview>({ token, preview, title, size, rows, children }: LinkPageProps<Preview>) {
  const { noToken } = words.entry
  if (token === undefined) return <EntryPage title={noToken.title} sentence={noToken.fix} />
  if (preview.error) {
    return (
      <EntryPage title={title ?? words.productName}>
        <ProblemNotice error={preview.error} onRetry={() => void preview.refetch()} />
      </EntryPage>
    )
  }
  if (preview.data !== undefined) return children(preview.data, token)
  return (
    <EntryPage title={title ?? words.loading} size={size}>
      <LoadingRows {...(rows !== undefined && { rows })} />
    </EntryPage>
  )
}
