import { clock } from '../clock.ts'
import { client } from './generated/client.gen.ts'

/** Sets the clock from each response. Call it once, before the first request. The browser caches no API response. */
export function goByTheServersClock(): void {
  client.interceptors.response.use((response) => {
    clock.hear(response.headers.get('date'))
    return response
  })
}
