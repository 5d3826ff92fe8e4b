import { clock } from '../clock.ts'
import { client } from './generated/client.gen.ts'

/** Called once, before the first request: each answer says what time it is. None of the API's is kept by the browser. */
export function goByTheServersClock(): void {
  client.interceptors.response.use((response) => {
    clock.hear(response.headers.get('date'))
    return response
  })
}
