// For the login script: the CI's OIDC token, settings, and requests to services.

// In Azure Pipelines, a variable that is not set has the text $(NAME).
for (const [name, value] of Object.entries(process.env)) if (value === `$(${name})`) delete process.env[name];

/** The CI's OIDC token for an audience: from this variable, or requested from GitHub Actions. */
export async function identityToken(variable, audience) {
  const { [variable]: token, ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = process.env;
  if (token || !url) return token;
  const answer = await ask(`${url}&audience=${audience}`, { headers: { authorization: `Bearer ${bearer}` } });
  return JSON.parse(answer).value;
}

/** A required environment variable. */
export function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set. docs/release.md describes it.`);
  return value;
}

/** The text of a response; throws if the service refuses the request. A form is posted. */
export async function ask(url, { form, ...request }) {
  const { host } = new URL(url);
  const posted = form && { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(url, { ...request, ...posted }).catch(({ message, cause }) => {
    throw new Error(`${host} cannot be reached: ${cause?.code ?? message}.`);
  });
  const text = await response.text();
  if (response.ok) return text;
  const said = /"(?:error_description|message)": ?"((?:[^"\\]|\\.)*)"/i.exec(text) ?? /<Message>([^<]*)/.exec(text);
  throw new Error(`${host} answered ${response.status}. ${said?.[1] ?? ''}`.trim());
}
