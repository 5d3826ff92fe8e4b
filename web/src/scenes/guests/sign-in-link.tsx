import { Page } from '../../components/page.tsx'

export function GuestSignIn() {
  return <Page title="GuestSignIn">…</Page>
}
