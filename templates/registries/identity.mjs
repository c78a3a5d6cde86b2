// What the login script takes from its surroundings: who the CI is, settings, and answers of services.

// What is not set in Azure Pipelines arrives as the text $(NAME).
for (const [name, value] of Object.entries(process.env)) if (value === `$(${name})`) delete process.env[name];

/** The CI's OpenID Connect token for an audience: in this variable, or, in GitHub Actions, for the asking. */
export async function identityToken(variable, audience) {
  const { [variable]: token, ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = process.env;
  if (token || !url) return token;
  const answer = await ask(`${url}&audience=${audience}`, { headers: { authorization: `Bearer ${bearer}` } });
  return JSON.parse(answer).value;
}

/** A variable of the environment that must be there. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. docs/release.md describes it.`);
  return value;
}

/** The text of an answer; what a service says against the question is an error. A form is posted. */
export async function ask(url, { form, ...request }) {
  const { host } = new URL(url);
  const posted = form && { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(url, { ...request, ...posted }).catch(({ message, cause }) => {
    throw new Error(`${host} does not answer: ${cause?.code ?? message}.`);
  });
  const text = await response.text();
  if (response.ok) return text;
  const said = /"(?:error_description|message)": ?"((?:[^"\\]|\\.)*)"/i.exec(text) ?? /<Message>([^<]*)/.exec(text);
  throw new Error(`${host} answered ${response.status}. ${said?.[1] ?? ''}`.trim());
}
