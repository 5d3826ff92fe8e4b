import { useQuery } from '@tanstack/react-query'
import { getNotificationsPreferencesOptions } from '../../api/client.ts'
import { ButtonLink } from '../../components/button-link.tsx'
import { LoadingRows } from '../../components/loading-rows.tsx'
import { Page } from '../../components/page.tsx'
import { ProblemNotice } from '../../components/problem-notice.tsx'
import { words } from '../../words/index.ts'
import { BrowserSection } from './browser-section.tsx'
import { KindChoices } from './kind-choices.tsx'
import { PersonalSettings } from './personal-settings.tsx'

/** Preferences of the signed-in person. */
export function NotificationSettings() {
  const { data, error, isPending, refetch } = useQuery(getNotificationsPreferencesOptions())
  const text = words.notifications
  return (
    <Page
      title={text.settings}
      actions={
        <ButtonLink to="/notifications" variant="default">
          {text.back}
        </ButtonLink>
      }
    >
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <LoadingRows />}
      {data && (
        <>
          <KindChoices preferences={data} />
          <BrowserSection />
          <PersonalSettings preferences={data} />
        </>
      )}
    </Page>
  )
}
