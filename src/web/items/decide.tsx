import { Radio } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { WorkItemView } from '../../contract/work-items.ts'
import { api } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { waitingQuery } from '../parts/waiting.ts'
import { t } from '../words/t.ts'

/** One question and its possible answers. Nothing is sent; the next plan goes by the answer. */
export function Decide({ item, close }: { readonly item: WorkItemView; readonly close: () => void }) {
  const [chosen, setChosen] = useState<string>()
  const queries = useQueryClient()
  const decide = async () => {
    const choice = item.choices[Number(chosen)]
    if (choice === undefined) return
    const { decision, objectId } = choice
    await api.workItems.decide({
      params: { item: item.id },
      body: { decision, ...(objectId === undefined ? {} : { objectId }) },
    })
    await Promise.all([
      queries.invalidateQueries({ queryKey: waitingQuery.queryKey }),
      queries.invalidateQueries({ queryKey: ['work'] }),
    ])
  }
  return (
    <Confirm
      opened
      title={item.label}
      action={t('approvals.decide')}
      disabled={chosen === undefined}
      close={close}
      act={decide}
    >
      <div>{item.message}</div>
      <Radio.Group
        label={t('approvals.choices')}
        {...(chosen === undefined ? {} : { value: chosen })}
        onChange={setChosen}
      >
        <div className="stack-tight" style={{ marginTop: 8 }}>
          {item.choices.map(({ sentence, label }, index) => (
            <Radio
              key={`${sentence}${label ?? ''}`}
              value={String(index)}
              label={label === undefined ? sentence : `${label}: ${sentence}`}
            />
          ))}
        </div>
      </Radio.Group>
    </Confirm>
  )
}
