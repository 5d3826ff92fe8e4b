import { postDrafts, type Draft, type PostDraftsData } from '../../../api/client.ts'
import { toProblem } from '../../../api/problem.ts'

type NewDraft = PostDraftsData['body']

/** Creates a draft; as a new message when its conversation was moved to a mailbox without access for the user. */
export async function createDraft(
  { conversationId, ...body }: NewDraft,
  post: (body: NewDraft) => Promise<{ data: Draft }> = (body) => postDrafts({ body }),
): Promise<Draft> {
  if (conversationId === undefined) return (await post(body)).data
  try {
    return (await post({ ...body, conversationId })).data
  } catch (error) {
    if (toProblem(error).status !== 404) throw error
    return (await post(body)).data
  }
}
