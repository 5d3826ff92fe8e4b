/**
 * Tests the sandbox with third-party clients. Usage: npm run foreign [-- --json]
 *
 * Prints a line per client and flow; exits with 1 when one of them fails. A flow whose program is missing is not run:
 * its line has `"ok":null` and names the program in `lacks`.
 */
import { curlSmtpFlows } from './curl-smtp.ts'
import { curlFlows } from './curl.ts'
import { countsLine, chooseExitCode, flowLine, runFlow, type FlowResult } from './flow.ts'
import { graphClientFlows } from './graph-client.ts'
import { mbsyncFlows } from './mbsync.ts'
import { msalNodeFlows } from './msal-node.ts'
import { openidClientFlows } from './openid-client.ts'
import { createStage } from './stage.ts'

const json = process.argv.includes('--json')

const direct = await createStage({ microsoftNames: false })
const named = await createStage({ microsoftNames: true })
const results: FlowResult[] = []
try {
  for (const flow of [
    ...msalNodeFlows(named),
    ...openidClientFlows({ direct, named }),
    ...graphClientFlows(named),
    ...curlFlows(direct),
    ...curlSmtpFlows(direct),
    ...mbsyncFlows(direct),
  ]) {
    const result = await runFlow(flow)
    results.push(result)
    console.log(json ? JSON.stringify(result) : flowLine(result))
  }
} finally {
  await Promise.all([direct.close(), named.close()])
}

if (!json) console.log(`\n${countsLine(results)}`)
process.exitCode = chooseExitCode(results)
