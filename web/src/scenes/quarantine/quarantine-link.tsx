import { Anchor } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { getEmailAccountsIdQuarantineOptions } from '../../api/client.ts'
import { words } from '../../words/index.ts'

/** Link to unreadable mail, with its number. */
export function QuarantineLink({ id }: { id: string }) {
  const { data } = useQuery(getEmailAccountsIdQuarantineOptions({ path: { id }, query: { limit: 1 } }))
  return (
    <Anchor component={Link} to={`/email-accounts/${id}/quarantine`} size="sm">
      {words.quarantine.link(data?.count)}
    </Anchor>
  )
}
