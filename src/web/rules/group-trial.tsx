import { Button, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { Lozenge, type Tone } from '../parts/lozenge.tsx'
import { t } from '../words/t.ts'
import { type GroupOutcome, groupOutcomes } from './group-outcomes.ts'
import { useRules } from './rules.tsx'

const tones: Readonly<Record<GroupOutcome['what'], Tone>> = {
  filtered: 'neutral',
  none: 'neutral',
  table: 'success',
  name: 'success',
  same: 'warning',
  empty: 'danger',
  long: 'danger',
}

/** At most this many names are shown at once; the search finds the others. */
const mostShown = 50

/** What the rules make of the names of groups, the real ones or one that is typed; changes with every key. */
export function GroupTrial() {
  const { document, judgement } = useRules()
  const [isAsked, setIsAsked] = useState(false)
  const [text, setText] = useState('')
  const groups = useQuery({
    queryKey: ['sources', document.source, 'groups'],
    queryFn: () => api.sources.groups({ params: { key: String(document.source) } }),
    enabled: isAsked,
    staleTime: 300_000,
  })
  const names = groups.data?.groups.map(({ name }) => name) ?? (text === '' ? [] : [text])
  const outcomes = groupOutcomes(document, names, judgement?.target?.groupNameLimit)
  const wanted = text.trim().toLowerCase()
  const found = outcomes.filter(({ name, to }) => [name, ...to].some((each) => each.toLowerCase().includes(wanted)))
  const taken = outcomes.filter(({ what }) => what === 'name' || what === 'table').length
  return (
    <section className="card stack-tight">
      <h2 style={{ margin: 0, fontSize: 16 }}>{t('rules.groupTrial')}</h2>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <TextInput
          label={t(groups.data === undefined ? 'wizard.groupTest' : 'rules.groupSearch')}
          w={320}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button variant="default" loading={groups.isFetching} onClick={() => setIsAsked(true)}>
          {t('rules.realNames')}
        </Button>
      </div>
      {groups.error !== null && <Failure error={groups.error} />}
      <div aria-live="polite" className="subtle">
        {groups.data !== undefined && t('rules.groupsTaken', { taken, total: groups.data.total })}
      </div>
      {found.length > 0 && (
        <div className="table-wrap">
          <table className="table">
            <thead>
              <tr>
                <th>{t('wizard.from')}</th>
                <th>{t('wizard.to')}</th>
                <th>{t('rules.outcome')}</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, mostShown).map(({ name, what, to }) => (
                <tr key={name}>
                  <td className="break">{name}</td>
                  <td className="break">
                    <strong>{to.join(', ')}</strong>
                  </td>
                  <td>
                    <Lozenge tone={tones[what]}>{t(`rules.group.${what}`)}</Lozenge>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
