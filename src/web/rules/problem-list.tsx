import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'
import { pathText } from './document.ts'
import { sentence, useRules } from './rules.tsx'

/** Everything the server has against the rules, also where no field shows it, and what it only finds odd. */
export function ProblemList() {
  const { judgement } = useRules()
  if (judgement === undefined) return null
  return (
    <>
      {judgement.problems.length > 0 && (
        <Message tone="danger" title={t('rules.problems', { count: judgement.problems.length })}>
          <Notes notes={judgement.problems} />
        </Message>
      )}
      {judgement.warnings.length > 0 && (
        <Message tone="warning" title={t('rules.warnings')}>
          <Notes notes={judgement.warnings} />
        </Message>
      )}
    </>
  )
}

interface Note {
  readonly at: readonly (string | number)[]
  readonly message: string
  readonly hint?: string | undefined
}

function Notes({ notes }: { readonly notes: readonly Note[] }) {
  return (
    <ul style={{ margin: 0, paddingLeft: 20 }}>
      {notes.map((note) => (
        <li key={`${pathText(note.at)} ${note.message}`}>
          <code>{pathText(note.at)}</code> {sentence(note)}
        </li>
      ))}
    </ul>
  )
}
