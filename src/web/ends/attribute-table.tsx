import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api } from '../api.ts'
import { Failure } from '../parts/failure.tsx'
import { t } from '../words/t.ts'

/** Which attributes people have at a source, how often, with masked samples. */
export function AttributeTable({ source }: { readonly source: string }) {
  const read = useMutation({ mutationFn: () => api.sources.attributes({ params: { key: source } }) })
  return (
    <section className="stack-tight">
      <div className="row">
        <h2 style={{ margin: 0 }}>{t('end.attributes')}</h2>
        <Button variant="default" size="xs" loading={read.isPending} onClick={() => read.mutate()}>
          {t('end.attributesShow')}
        </Button>
      </div>
      {read.error !== null && <Failure error={read.error} />}
      {read.data !== undefined && (
        <div className="table-wrap">
          <table className="table">
            <tbody>
              {read.data.attributes.map(({ name, type, filled, samples }) => (
                <tr key={name}>
                  <td>
                    <code>{name}</code>
                  </td>
                  <td>{type}</td>
                  <td>{t('end.attributesFilled', { filled, people: read.data.people })}</td>
                  <td className="subtle break">{samples.join(', ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
