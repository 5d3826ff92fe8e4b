import { Page } from '../../components/page.tsx'

export function EmailAccountPage() {
  return <Page title="EmailAccountPage">…</Page>
}
