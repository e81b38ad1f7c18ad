import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { Confirm } from '../parts/confirm.tsx'
import { Message } from '../parts/message.tsx'
import { t } from '../words/t.ts'
import { type Decidable, inCommon } from './chosen.ts'

/** A dialog names so many; of more it says how many. */
const mostNamed = 12

export interface DecideBarProps<Decision extends string> {
  readonly chosen: readonly Decidable<Decision>[]
  /** Remembers it on the server and reads the list anew; returns what follows, in sentences. */
  readonly decide: (
    decision: Decision,
    ids: string[],
    comment: { readonly comment?: string },
  ) => Promise<readonly string[]>
}

type Known = 'keep' | 'adopt' | 'revert' | 'deactivate'

/** Verbs for whatever is chosen; each asks once more and says what it does. */
export function DecideBar<Decision extends Known>({ chosen, decide }: DecideBarProps<Decision>) {
  const [asked, setAsked] = useState<Decision>()
  const [comment, setComment] = useState('')
  const [done, setDone] = useState<readonly string[]>([])
  const possible = inCommon(chosen)
  const count = chosen.length
  const word = (decision: Decision) => t(`decide.${decision}`, { count })
  const go = async (decision: Decision) => {
    const why = comment.trim() === '' ? {} : { comment: comment.trim() }
    setDone(
      await decide(
        decision,
        chosen.map(({ id }) => id),
        why,
      ),
    )
    setComment('')
  }
  return (
    <div className="stack-tight">
      <div className="row" role="status">
        {count > 0 && <span className="subtle">{t('decide.chosen', { count })}</span>}
        {count > 0 && possible.size === 0 && <span>{t('decide.nothingInCommon')}</span>}
      </div>
      {possible.size > 0 && (
        <div className="row">
          {[...possible.keys()].map((decision) => (
            <Button key={decision} variant="default" onClick={() => setAsked(decision)}>
              {word(decision)}
            </Button>
          ))}
        </div>
      )}
      {done.length > 0 && count === 0 && (
        <Message tone="success" title={t('decide.state')}>
          {done.map((sentence) => (
            <div key={sentence}>{sentence}</div>
          ))}
        </Message>
      )}
      {asked !== undefined && (
        <Confirm
          opened
          title={word(asked)}
          action={word(asked)}
          close={() => setAsked(undefined)}
          act={() => go(asked)}
        >
          <ul style={{ margin: 0, paddingLeft: 20 }}>
            {chosen.slice(0, mostNamed).map(({ id, label }) => (
              <li key={id} className="break">
                {label}
              </li>
            ))}
            {count > mostNamed && <li>{t('decide.more', { count: count - mostNamed })}</li>}
          </ul>
          {possible.get(asked)?.map((sentence) => (
            <strong key={sentence}>{sentence}</strong>
          ))}
          <div>{t('decide.lead')}</div>
          <TextInput
            label={t('decide.comment')}
            maxLength={2000}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
        </Confirm>
      )}
    </div>
  )
}
