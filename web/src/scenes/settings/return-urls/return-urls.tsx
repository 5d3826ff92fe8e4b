import { useQuery } from '@tanstack/react-query'
import { getReturnUrlsOptions } from '../../../api/client.ts'
import { ListSection } from '../../../components/list-section.tsx'
import { words } from '../../../words/index.ts'
import { NewReturnUrl } from './new-return-url.tsx'
import { ReturnUrlRow } from './return-url-row.tsx'

const ROW_HEIGHT = 64

/** Addresses to which connect sessions may return. */
export function ReturnUrls() {
  const query = useQuery(getReturnUrlsOptions())
  return (
    <ListSection
      text={words.returnUrls}
      query={query}
      items={query.data?.returnUrls}
      rowHeight={ROW_HEIGHT}
      row={(returnUrl) => <ReturnUrlRow returnUrl={returnUrl} />}
      dialog={(close) => <NewReturnUrl onClose={close} />}
    />
  )
}
