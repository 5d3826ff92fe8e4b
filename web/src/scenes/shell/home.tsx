import { useQuery } from '@tanstack/react-query'
import { Navigate, useLocation } from '@tanstack/react-router'
import { getEmailAccountsOptions } from '../../api/client.ts'
import { useMe } from '../../session/session.ts'

/** Start page: the inbox, or for an admin without a mailbox the setup. */
export function Home() {
  const me = useMe()
  const accounts = useQuery(getEmailAccountsOptions())
  // A page that the user has chosen meanwhile is still loading: it goes first.
  const isLeft = useLocation().pathname !== '/'
  if (accounts.isPending || isLeft) return undefined
  const nothingYet = accounts.data?.emailAccounts.length === 0
  return me.role === 'admin' && nothingYet ? <Navigate to="/set-up" replace /> : <Navigate to="/inbox" replace />
}
