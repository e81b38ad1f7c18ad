import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../api.ts'
import { Loaded } from '../parts/loaded.tsx'
import { Copyable } from '../parts/secret-once.tsx'
import { t } from '../words/t.ts'

/** What to enter where at the identity provider somebody has, in its own words. */
export function SetUpSteps({ baseUrl }: { readonly baseUrl: string }) {
  const [chosen, setChosen] = useState('')
  const catalog = useQuery({ queryKey: ['catalog'], queryFn: () => api.system.catalog({}) })
  return (
    <section className="stack-tight">
      <h2 style={{ margin: 0 }}>{t('push.steps')}</h2>
      <Loaded query={catalog}>
        {({ sources }) => {
          const providers = sources.flatMap(({ way, providers: own }) => (way === 'push' ? (own ?? []) : []))
          const provider = providers.find(({ key }) => key === chosen)
          return (
            <>
              <NativeSelect
                label={t('push.provider')}
                value={chosen}
                onChange={(event) => setChosen(event.currentTarget.value)}
                data={[{ value: '', label: '' }, ...providers.map(({ key, title }) => ({ value: key, label: title }))]}
              />
              {provider !== undefined && (
                <>
                  <ol className="stack-tight">
                    {provider.steps.map(({ text, fields = [] }) => (
                      <li key={text}>
                        {text}
                        {fields.map(({ field, value }) => (
                          <div key={field}>
                            <strong>{field}</strong>
                            {value === '{token}' ? (
                              <div className="subtle">{t('push.tokenHere')}</div>
                            ) : (
                              <Copyable value={value.replaceAll('{baseUrl}', baseUrl)} label={field} />
                            )}
                          </div>
                        ))}
                      </li>
                    ))}
                  </ol>
                  <ul className="subtle">
                    {provider.notes.map((note) => (
                      <li key={note}>{note.replaceAll('{baseUrl}', baseUrl)}</li>
                    ))}
                    {provider.unverified.map((each) => (
                      <li key={each}>{t('push.unverified', { what: each })}</li>
                    ))}
                  </ul>
                </>
              )}
            </>
          )
        }}
      </Loaded>
    </section>
  )
}
