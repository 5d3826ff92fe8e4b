import { Page } from '../../components/page.tsx'

export function CloudProviderPage() {
  return <Page title="CloudProviderPage">…</Page>
}
