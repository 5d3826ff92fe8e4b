import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './page.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { translateFailures } from './api/problem.ts'
import { goByTheServersClock } from './api/server-time.ts'
import { Application } from './application.tsx'
import { announceStyleNonce } from './style-nonce.ts'

translateFailures()
goByTheServersClock()
announceStyleNonce()
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Application />
  </StrictMode>,
)
