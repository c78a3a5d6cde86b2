/**
 * The layout that Krustlet and WAGI's `oci:` references pull: config `application/vnd.wasm.config.v1+json`, one layer
 * `application/vnd.wasm.content.layer.v1+wasm`, and a manifest without a top-level `mediaType`, which `oras push` cannot write.
 */
import type { Choices } from '../../model/choices.ts';
import type { Built, Contribution } from '../../model/plan.ts';
import { pushed } from './pushed.ts';

export const wasmToOci = (module: Built, choices: Choices): Contribution => pushed(module, choices, 'wasm-to-oci');
