import { Page } from '../../components/page.tsx'

export function CloudProviders() {
  return <Page title="CloudProviders">…</Page>
}
