/** Canary of a run: its secrets, and any place where one can be read without permission. */
import { readExchanges, toRoute, type Exchange } from './exchange.ts'
import { databaseTexts } from './database-texts.ts'
import { findSecrets, type Find, type NamedSecret, type NamedText } from './find-secrets.ts'
import { collectSecrets } from './collect-secrets.ts'

/** Traces of a Postkey that was started with a recorder. */
export interface Traces {
  /** Folder of the recorder. */
  exchanges: string
  /** URL of its database. */
  databaseUrl: string
  /** Its log and output. */
  texts: readonly NamedText[]
  /** Secrets that the recorder can't see: keys in files, values printed once. */
  secrets: readonly NamedSecret[]
}

export interface Searched {
  finds: Find[]
  secrets: number
  texts: number
  kinds: string[]
}

export async function searchTraces(traces: Traces): Promise<Searched> {
  const exchanges = readExchanges(traces.exchanges)
  const secrets = [...traces.secrets, ...collectSecrets(exchanges)]
  const texts = [...traces.texts, ...exchanges.flatMap(textsOf), ...(await databaseTexts(traces.databaseUrl))]
  const kinds = [...new Set(secrets.map(({ name }) => name))].sort()
  return { finds: findSecrets(texts, secrets), secrets: secrets.length, texts: texts.length, kinds }
}

/** Readable parts of an exchange: all addresses, and every response of Postkey except the cookies it set. */
function textsOf(exchange: Exchange): NamedText[] {
  const route = toRoute(exchange)
  const address = { name: `address of ${route}`, text: exchange.url }
  if (exchange.program === 'sandbox') return [address]
  const head = exchange.responseHead.replaceAll(/^set-cookie:.*$/gim, '')
  return [
    address,
    { name: `address before ${route}`, text: headerOf(exchange, 'referer') },
    { name: `answer to ${route}`, text: `${head}\n${exchange.responseBody}` },
  ]
}

function headerOf({ requestHeaders }: Exchange, wanted: string): string {
  return requestHeaders.find(([name]) => name === wanted)?.[1] ?? ''
}

/** Description of a find for the report; long words are left out, because they may be secret too. */
export function describeFind({ secret, text, form, before }: Find): string {
  const legible = before.replaceAll(/\s+/g, ' ').replaceAll(/[\w.~+/=%-]{24,}/g, '…')
  return `${secret} (${form}) in ${text}, after "${legible}"`
}
