import { Page } from '../../components/page.tsx'
import { words } from '../../words/index.ts'
import { About } from './about.tsx'
import { Alerts } from './alerts/alerts.tsx'
import { ApiKeys } from './api-keys.tsx'
import { Backups } from './backups.tsx'
import { Erasures } from './erasures.tsx'
import { Retention } from './retention.tsx'
import { SignInPolicy } from './policy/sign-in-policy.tsx'
import { SignInProviders } from './sign-in/sign-in-providers.tsx'
import { ReturnUrls } from './return-urls/return-urls.tsx'
import { Servers } from './servers.tsx'
import { Tags } from './tags/tags.tsx'
import { EventWebhooks } from './webhooks/event-webhooks.tsx'

export function Settings() {
  return (
    <Page title={words.settings.title}>
      <Alerts />
      <Tags />
      <SignInProviders />
      <SignInPolicy />
      <ApiKeys />
      <EventWebhooks />
      <ReturnUrls />
      <Retention />
      <Erasures />
      <Servers />
      <Backups />
      <About />
    </Page>
  )
}
