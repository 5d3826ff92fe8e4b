import { takeEarly } from './early.ts'
import '@fontsource-variable/inter/wght.css'
import './mantine-styles.ts'
import '@mantine/notifications/styles.css'
import './page.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { sendConfirmed } from './api/confirmation.ts'
import { client } from './api/generated/client.gen.ts'
import { translateFailures } from './api/problem.ts'
import { Application } from './application.tsx'
import { clock } from './clock.ts'
import { announceStyleNonce } from './style-nonce.ts'

translateFailures()
client.setConfig({ fetch: (request) => sendConfirmed(request as Request, (each) => takeEarly(each, fetch)) })
goByTheServersClock()
announceStyleNonce()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Application />
  </StrictMode>,
)

/** Sets the clock from each response. Call it once, before the first request. The browser caches no API response. */
function goByTheServersClock(): void {
  client.interceptors.response.use((response) => {
    clock.hear(response.headers.get('date'))
    return response
  })
}
