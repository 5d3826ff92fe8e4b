import { Page } from '../../components/page.tsx'

export function EmailAccounts() {
  return <Page title="EmailAccounts">…</Page>
}
