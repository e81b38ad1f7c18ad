import type { ProviderSetUpView } from '../../contract/system.ts'
import { t } from '../words/t.ts'

/** What to do in the console of a provider before a source can be read, folded; the words come from its connector. */
export function ProviderSteps({ providers }: { readonly providers: readonly ProviderSetUpView[] }) {
  return (
    <section className="stack-tight" aria-label={t('end.steps')}>
      {providers.map(({ key, title, steps, rights = [], fields: taken = [], notes, unverified, compareWith }) => (
        <details key={key}>
          <summary>
            <strong>{title}</strong> <span className="subtle">{t('end.steps')}</span>
          </summary>
          <ol className="stack-tight">
            {steps.map(({ text, fields = [] }) => (
              <li key={text}>
                {text}
                {fields.map(({ field, value }) => (
                  <div key={field}>
                    <strong>{field}</strong> <code className="break">{value}</code>
                  </div>
                ))}
              </li>
            ))}
          </ol>
          <dl className="facts small">
            {taken.map(({ field, setting }) => (
              <Taken key={setting} field={field} setting={setting} />
            ))}
          </dl>
          <ul className="subtle">
            {rights.length > 0 && <li>{t('end.rights', { what: rights.join('; ') })}</li>}
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
            {unverified.map((each) => (
              <li key={each}>{t('push.unverified', { what: each })}</li>
            ))}
            {compareWith.map((url) => (
              <li key={url}>
                <a href={url} target="_blank" rel="noreferrer">
                  {url}
                </a>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  )
}

function Taken({ field, setting }: { readonly field: string; readonly setting: string }) {
  return (
    <>
      <dt>{field}</dt>
      <dd>
        <code>{setting}</code>
      </dd>
    </>
  )
}
