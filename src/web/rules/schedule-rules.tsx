import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { weekdays } from '../../domain/wall-time.ts'
import { When } from '../parts/when.tsx'
import { t } from '../words/t.ts'
import { isDocument, type Path, valueAt } from './document.ts'
import { DurationAt, TextAt } from './fields.tsx'
import { replaced, without } from './row-actions.tsx'
import { useRules } from './rules.tsx'

const intervals = ['15m', '1h', '6h', '1d'] as const

/** When runs begin by themselves, and when they must not; with the next times as the server counts them. */
export function ScheduleRules() {
  const { document, judgement, set, problemAt } = useRules()
  const { schedule } = document
  const kind = schedule === undefined ? 'none' : valueAt(schedule, ['cron']) === undefined ? 'every' : 'cron'
  const choose = (chosen: string | null) => {
    const { every: _, cron: __, ...rest } = isDocument(schedule) ? schedule : {}
    if (chosen === 'none') set(['schedule'], undefined)
    else set(['schedule'], chosen === 'cron' ? { ...rest, cron: '0 2 * * *' } : { ...rest, every: '6h' })
  }
  const problem = problemAt(['schedule'])
  return (
    <div className="stack">
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <Select
          label={t('connection.schedule')}
          w={240}
          data={[
            { value: 'none', label: t('wizard.noSchedule') },
            { value: 'every', label: t('rules.every') },
            { value: 'cron', label: t('rules.cron') },
          ]}
          value={kind}
          onChange={choose}
        />
        {kind === 'every' && <TextAt path={['schedule', 'every']} label={t('rules.interval')} width={120} />}
        {kind === 'every' && (
          <div className="row">
            {intervals.map((each) => (
              <Button key={each} variant="default" size="xs" onClick={() => set(['schedule', 'every'], each)}>
                {each}
              </Button>
            ))}
          </div>
        )}
        {kind === 'cron' && <TextAt path={['schedule', 'cron']} label={t('rules.cronPattern')} width={200} />}
      </div>
      {problem !== undefined && <div className="tone-remove small">{problem}</div>}
      <DurationAt
        path={['sharedReadAge']}
        label={t('rules.sharedReadAge')}
        description={t('rules.sharedReadAgeHelp')}
      />
      {kind !== 'none' && (
        <>
          <div className="columns">
            <TextAt path={['schedule', 'timezone']} label={t('rules.timezone')} placeholder="UTC" />
            <DurationAt
              path={['schedule', 'lookEvery']}
              label={t('rules.lookEvery')}
              description={t('rules.lookEveryHelp')}
            />
          </div>
          <div className="columns">
            <Windows />
            <Freezes />
          </div>
          <section className="stack-tight" aria-live="polite">
            <h2 style={{ margin: 0, fontSize: 16 }}>{t('connection.nextRuns')}</h2>
            <ul className="list">
              {judgement?.nextRuns.map((at) => (
                <li key={at}>
                  <When at={at} short />
                </li>
              ))}
            </ul>
            {judgement?.schedule !== undefined && judgement.nextRuns.length === 0 && (
              <div className="subtle">{t('rules.noNextRun')}</div>
            )}
          </section>
        </>
      )}
    </div>
  )
}

/** A list of `from` and `to`, with what only one kind of it has. */
function useSpans(path: Path) {
  const { document, set, problemAt } = useRules()
  const written = valueAt(document, path)
  const spans: readonly Readonly<Record<string, unknown>>[] = Array.isArray(written) ? written.filter(isDocument) : []
  const change = (list: readonly object[]) => set(path, list.length === 0 ? undefined : list)
  return {
    spans,
    put: (index: number, part: object) => change(replaced(spans, index, { ...spans[index], ...part })),
    add: (span: object) => change([...spans, span]),
    remove: (index: number) => change(without(spans, index)),
    problemOf: (index: number) => problemAt([...path, index], true),
  }
}

function Windows() {
  const { spans, put, add, remove, problemOf } = useSpans(['schedule', 'windows'])
  return (
    <fieldset className="stack-tight plain-set">
      <legend>{t('rules.windows')}</legend>
      <div className="subtle small">{t('rules.windowsHelp')}</div>
      {spans.map(({ days, from, to }, index) => {
        const chosen = Array.isArray(days) ? days.map(String) : []
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: windows have no name of their own and are only edited in place
          <div key={index} className="card stack-tight">
            <SpanFields from={from} to={to} name={t('rules.windows')} index={index} put={put} remove={remove} />
            <div className="row">
              {weekdays.map((day) => (
                <Checkbox
                  key={day}
                  label={day}
                  checked={chosen.includes(day)}
                  onChange={(event) => {
                    const after = weekdays.filter((each) =>
                      each === day ? event.currentTarget.checked : chosen.includes(each),
                    )
                    put(index, { days: after.length === 0 ? undefined : after })
                  }}
                />
              ))}
              {chosen.length === 0 && <span className="subtle small">{t('rules.everyDay')}</span>}
            </div>
            <Problem text={problemOf(index)} />
          </div>
        )
      })}
      <div>
        <Button variant="default" size="xs" onClick={() => add({ from: '20:00', to: '06:00' })}>
          {t('rules.addWindow')}
        </Button>
      </div>
    </fieldset>
  )
}

function Freezes() {
  const { spans, put, add, remove, problemOf } = useSpans(['schedule', 'freeze'])
  return (
    <fieldset className="stack-tight plain-set">
      <legend>{t('rules.freezes')}</legend>
      <div className="subtle small">{t('rules.freezesHelp')}</div>
      {spans.map(({ from, to, reason }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: freezes have no name of their own and are only edited in place
        <div key={index} className="card stack-tight">
          <SpanFields from={from} to={to} name={t('rules.freezes')} index={index} put={put} remove={remove} />
          <TextInput
            label={t('rules.reason')}
            value={String(reason ?? '')}
            onChange={(event) => put(index, { reason: event.currentTarget.value || undefined })}
          />
          <Problem text={problemOf(index)} />
        </div>
      ))}
      <div>
        <Button variant="default" size="xs" onClick={() => add({ from: '', to: '' })}>
          {t('rules.addFreeze')}
        </Button>
      </div>
    </fieldset>
  )
}

interface SpanFieldsProps {
  readonly from: unknown
  readonly to: unknown
  readonly name: string
  readonly index: number
  readonly put: (index: number, part: object) => void
  readonly remove: (index: number) => void
}

function SpanFields({ from, to, name, index, put, remove }: SpanFieldsProps) {
  return (
    <div className="row" style={{ alignItems: 'flex-end' }}>
      <TextInput
        label={t('rules.spanFrom')}
        w={120}
        value={String(from ?? '')}
        onChange={(event) => put(index, { from: event.currentTarget.value })}
      />
      <TextInput
        label={t('rules.spanTo')}
        w={120}
        value={String(to ?? '')}
        onChange={(event) => put(index, { to: event.currentTarget.value })}
      />
      <Button
        variant="subtle"
        color="gray"
        size="xs"
        aria-label={`${t('action.delete')}: ${name} ${index + 1}`}
        onClick={() => remove(index)}
      >
        {t('action.delete')}
      </Button>
    </div>
  )
}

function Problem({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : <div className="tone-remove small">{text}</div>
}
