/** Building blocks of forms and pages. Every control has a label, and its errors are linked to it. */
import { Html, html, type HtmlValue } from './html.ts'

export interface FieldOptions {
  label: string
  /** Name in the posted form; also the control's id, unless `id` is given. */
  name: string
  id?: string
  type?: 'text' | 'password' | 'email' | 'url' | 'search' | 'number' | 'date' | 'datetime-local'
  value?: string | undefined
  hint?: HtmlValue
  /** Error in the value, as a sentence. */
  error?: string | undefined
  autocomplete?: string
  inputmode?: 'text' | 'numeric' | 'email' | 'url'
  required?: boolean
  autofocus?: boolean
  maxlength?: number
}

/** Single-line text field with its label. */
export function field(options: FieldOptions): Html {
  const { type = 'text', value, autocomplete, inputmode, required, autofocus, maxlength } = options
  return labelled(
    options,
    (attributes) =>
      html`<input
        type="${type}"
        name="${options.name}"
        value="${value ?? ''}"
        ${attributes}
        ${autocomplete !== undefined && html`autocomplete="${autocomplete}"`}
        ${inputmode !== undefined && html`inputmode="${inputmode}"`}
        ${maxlength !== undefined && html`maxlength="${maxlength}"`}
        ${required === true && html`required`}
        ${autofocus === true && html`autofocus`}
      />`,
  )
}

/** Multi-line text field with its label. */
export function textArea(options: FieldOptions & { rows?: number }): Html {
  const { name, rows = 8, value, required } = options
  return labelled(options, (attributes) => {
    const tag = html`<textarea
      name="${name}"
      rows="${rows}"
      ${attributes}
      ${required === true && html`required`}
    ></textarea>`
    // HTML drops one newline after the tag. An added newline preserves one at the start of the value.
    return html`${new Html(tag.toString().replace('</textarea>', ''))}${'\n'}${value ?? ''}${new Html('</textarea>')}`
  })
}

/** A drop-down list. */
export function select(options: FieldOptions & { choices: readonly { value: string; label: string }[] }): Html {
  return labelled(
    options,
    (attributes) =>
      html`<select name="${options.name}" ${attributes}>
        ${options.choices.map(
          ({ value, label }) =>
            html`<option value="${value}" ${value === options.value && html`selected`}>${label}</option>`,
        )}
      </select>`,
  )
}

export interface ChoiceOptions {
  label: HtmlValue
  name: string
  value?: string
  checked?: boolean
  hint?: HtmlValue
  id?: string
}

/** Checkbox. */
export function checkbox(options: ChoiceOptions): Html {
  return choice('checkbox', options)
}

/** Radio buttons with a common question. */
export function radioGroup(
  legend: string,
  name: string,
  choices: readonly { value: string; label: HtmlValue; hint?: HtmlValue }[],
  chosen?: string,
): Html {
  return html`<fieldset>
    <legend>${legend}</legend>
    ${choices.map(({ value, label, hint }, i) =>
      choice('radio', { name, value, label, hint, checked: value === chosen, id: `${name}-${i}` }),
    )}
  </fieldset>`
}

function choice(type: 'checkbox' | 'radio', { label, name, value = 'true', checked, hint, id = name }: ChoiceOptions) {
  return html`<div class="choice">
    <input type="${type}" id="${id}" name="${name}" value="${value}" ${checked === true && html`checked`} />
    <div>
      <label for="${id}">${label}</label>
      ${hint !== undefined && html`<p class="hint">${hint}</p>`}
    </div>
  </div>`
}

/** Value for copying: read-only, selected completely by Ctrl+A, readable by scripts by its `name`. */
export function copyField({
  label,
  name,
  value,
  hint,
}: Pick<FieldOptions, 'label' | 'name' | 'hint'> & { value: string }): Html {
  return labelled(
    { label, name, ...(hint === undefined ? {} : { hint }) },
    (attributes) => html`<input class="code" type="text" readonly name="${name}" value="${value}" ${attributes} />`,
  )
}

/** A framed message. Errors are announced to screen readers at once. */
export function notice(kind: 'info' | 'success' | 'warning' | 'error', body: HtmlValue): Html {
  return html`<div class="notice ${kind}" role="${kind === 'error' ? 'alert' : 'status'}">${body}</div>`
}

/** Errors that must be corrected before the form is accepted; each line links to its field. */
export function errorSummary(errors: readonly { field?: string; message: string }[]): HtmlValue {
  if (errors.length === 0) return undefined
  return notice(
    'error',
    html`<h2>Not saved yet</h2>
      <ul>
        ${errors.map(
          ({ field, message }) =>
            html`<li>${field === undefined ? message : html`<a href="#${field}">${message}</a>`}</li>`,
        )}
      </ul>`,
  )
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}" />`
}

function labelled(options: FieldOptions, control: (attributes: Html) => Html): Html {
  const { label, hint, error, id = options.name } = options
  const describedBy = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-fault`]
    .filter(Boolean)
    .join(' ')
  return html`<div class="field">
    <label for="${id}">${label}</label>
    ${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${error !== undefined && html`<p class="fault" id="${id}-fault">${error}</p>`}
    ${control(
      html`id="${id}" ${describedBy !== '' && html`aria-describedby="${describedBy}"`}
      ${error !== undefined && html`aria-invalid="true"`}`,
    )}
  </div>`
}
