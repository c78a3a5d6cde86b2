/** The YAML files of CI providers: an empty line before each part. */
import { toYaml, type YamlStyle } from '../../lib/yaml.ts';
import type { File } from '../../model/plan.ts';

export const yamlFile = (path: string, data: object, style: Omit<YamlStyle, 'spaced'> = {}): File => ({
  path,
  text: toYaml(data, { ...style, spaced: true }),
});
