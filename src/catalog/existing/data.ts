/** Reads untrusted manifests: invalid syntax or an unexpected shape gives an empty value. */
import { parse } from 'smol-toml';

export type Table = Record<string, unknown>;

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const table = (value: unknown): Table => (isTable(value) ? value : {});

/** A string, or the strings of a list, as a list. */
export const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function toml(text: string): Table {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

export function json(text: string): Table {
  try {
    return table(JSON.parse(text));
  } catch {
    return {};
  }
}
