/**
 * The CNCF Wasm artifact, for components: config `application/vnd.wasm.config.v0+json`, one layer `application/wasm`.
 * https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/
 */
import type { Choices } from '../../model/choices.ts';
import type { Built, Contribution } from '../../model/plan.ts';
import { pushed } from './pushed.ts';

export const cncfWasm = (module: Built, choices: Choices): Contribution => pushed(module, choices, 'cncf-wasm');
