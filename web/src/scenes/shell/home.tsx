import { useQuery } from '@tanstack/react-query'
import { Navigate, useLocation } from '@tanstack/react-router'
import { getEmailAccountsOptions } from '../../api/client.ts'
import { useMe } from '../../session/session.ts'

/** Start page: the inbox, for an admin without a mailbox the setup, for an auditor the audit list. */
export function Home() {
  const me = useMe()
  const accounts = useQuery({ ...getEmailAccountsOptions(), enabled: me.role !== 'auditor' })
  // A page that the user has chosen meanwhile is still loading: it goes first.
  const isLeft = useLocation().pathname !== '/'
  if (isLeft) return undefined
  if (me.role === 'auditor') return <Navigate to="/audit" replace />
  if (accounts.isPending) return undefined
  const nothingYet = accounts.data?.emailAccounts.length === 0
  return me.role === 'admin' && nothingYet ? <Navigate to="/set-up" replace /> : <Navigate to="/inbox" replace />
}
