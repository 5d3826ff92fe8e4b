import { Page } from '../../components/page.tsx'

export function Inbox() {
  return <Page title="Inbox">…</Page>
}
